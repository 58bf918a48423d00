/**
 * The optimiser that changes the picture, {@link dev.nst.optim.Adam}, and {@link
 * dev.nst.optim.GradScaler}, which keeps float16 gradients in range.
 */
package dev.nst.optim;
