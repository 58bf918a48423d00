/**
 * The backend on {@code jdk.incubator.vector}: convolutions and Gram matrices as products of packed
 * matrices on SIMD registers.
 */
package dev.nst.cpu.vector;
