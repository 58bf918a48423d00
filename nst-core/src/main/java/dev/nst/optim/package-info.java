/**
 * The optimisers that change the picture, {@link dev.nst.optim.Adam} and {@link
 * dev.nst.optim.Lbfgs}, and {@link dev.nst.optim.GradScaler}, which keeps float16 gradients in
 * range.
 */
package dev.nst.optim;
