/** The CPU backends. */
module dev.nst.cpu {
  requires dev.nst.core;
  // Absent at run time unless --add-modules names it: the vector backend then reports itself
  // unavailable and the scalar one takes over.
  requires static jdk.incubator.vector;

  provides dev.nst.backend.BackendProvider with
      dev.nst.cpu.scalar.ScalarBackendProvider,
      dev.nst.cpu.vector.VectorBackendProvider;
}
