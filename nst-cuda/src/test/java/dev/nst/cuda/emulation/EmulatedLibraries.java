package dev.nst.cuda.emulation;

import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;

/** Asks the emulated cuBLAS and cuDNN what no real library tells. */
public final class EmulatedLibraries {

  // Properties that only the emulation knows; lib_work.h holds the same numbers.
  private static final int LIVE_HANDLES = 0x6e737460;
  private static final int LIVE_OBJECTS = 0x6e737461;

  private EmulatedLibraries() {}

  /** How many cuBLAS handles are created and not destroyed. */
  public static int liveCublasHandles() {
    int[] count = new int[1];
    JCublas2.cublasGetProperty(LIVE_HANDLES, count);
    return count[0];
  }

  /** How many cuDNN handles are created and not destroyed. */
  public static int liveCudnnHandles() {
    int[] count = new int[1];
    JCudnn.cudnnGetProperty(LIVE_HANDLES, count);
    return count[0];
  }

  /** How many cuDNN handles and descriptors are created and not destroyed. */
  public static int liveCudnnObjects() {
    int[] count = new int[1];
    JCudnn.cudnnGetProperty(LIVE_OBJECTS, count);
    return count[0];
  }
}
