package dev.nst.cpu;

import dev.nst.NstException;
import dev.nst.backend.Detail;

/** What the CPU backends share about memory: tensors are float arrays on the Java heap. */
public final class HeapMemory {

  /** How a person gives a CPU backend more memory. */
  public static final String HINT = "give the JVM more memory (-Xmx)";

  private HeapMemory() {}

  /**
   * Returns {@code elements} if an array can be that long, so that a plan refuses what a run could
   * not allocate.
   *
   * @throws NstException if it cannot
   */
  static long requireLength(long elements) {
    if (elements > Integer.MAX_VALUE - 16) {
      throw new NstException(
          "A tensor of "
              + elements
              + " numbers is more than one Java array can hold; choose a smaller size.");
    }
    return elements;
  }

  /**
   * Returns a new array of zeros.
   *
   * @param elements length
   * @throws NstException if an array cannot be that long, or the heap has no room
   */
  public static float[] floats(long elements) {
    requireLength(elements);
    try {
      return new float[(int) elements];
    } catch (OutOfMemoryError e) {
      throw new NstException(
          "The Java heap has no room for another "
              + (elements >> 18)
              + " MiB; choose a smaller size or "
              + HINT
              + ".",
          e);
    }
  }

  /** Returns how large the Java heap may grow, for {@code nst devices --verbose}. */
  public static Detail detail() {
    return new Detail("largest heap", (Runtime.getRuntime().maxMemory() >> 20) + " MiB (-Xmx)");
  }

  /**
   * Returns about how many bytes can still be allocated on the heap. Collects garbage first, since
   * what is only waiting to be collected would count as used; meant to be asked once before a run.
   */
  public static long availableBytes() {
    Runtime runtime = Runtime.getRuntime();
    runtime.gc();
    return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
  }
}
