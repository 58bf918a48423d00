/**
 * Holds the place of the NVIDIA backend, which this version does not have; see {@link
 * dev.nst.cuda.CudaBackendProvider}.
 */
package dev.nst.cuda;
