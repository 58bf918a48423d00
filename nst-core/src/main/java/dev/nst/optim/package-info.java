/** The optimiser that changes the picture: {@link dev.nst.optim.Adam}. */
package dev.nst.optim;
