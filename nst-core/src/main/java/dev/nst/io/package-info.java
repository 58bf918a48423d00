/**
 * Writing files so that nobody ever finds half of one: {@link dev.nst.io.AtomicFile} is how nst
 * writes pictures and weights.
 */
package dev.nst.io;
