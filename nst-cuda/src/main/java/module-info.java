/** The NVIDIA backend. */
module dev.nst.cuda {
  requires dev.nst.core;

  provides dev.nst.backend.BackendProvider with
      dev.nst.cuda.CudaBackendProvider;
}
