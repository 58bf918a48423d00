package dev.nst.cuda;

import dev.nst.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compiles every kernel for several architectures with the NVRTC that is named, in a process of its
 * own: the tests' process has the emulated NVRTC, and a process can have only one.
 */
final class CompileKernels {

  private CompileKernels() {}

  /** Arguments: the libraries to load, in order. */
  public static void main(String[] libraries) throws Exception {
    for (String library : libraries) {
      System.load(library);
    }
    Path cache = Files.createTempDirectory("nst-kernels");
    KernelCompiler compiler = new KernelCompiler(cache);
    System.out.println("NVRTC " + KernelCompiler.version());
    for (int capability : new int[] {70, 75, 80, 86, 89, 90, 999}) {
      for (DType type : DType.values()) {
        byte[] code = compiler.compile(KernelSource.of(type), capability, Kernels.DEFINES);
        System.out.println(type + " for " + capability + ": " + code.length + " bytes");
      }
    }
  }
}
