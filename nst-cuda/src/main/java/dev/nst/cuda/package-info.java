/**
 * The NVIDIA backend: driver API for memory, stream and graphs, cuDNN for convolutions and pooling,
 * cuBLAS for matrix products, and kernels of our own, in CUDA C beside these classes, for the rest.
 * Public is only {@link dev.nst.cuda.CudaBackendProvider}, by which {@link
 * dev.nst.backend.Backends} finds it.
 */
package dev.nst.cuda;
