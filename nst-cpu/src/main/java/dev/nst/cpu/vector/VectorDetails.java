package dev.nst.cpu.vector;

import dev.nst.backend.BackendOptions;
import dev.nst.backend.Detail;
import dev.nst.cpu.HeapMemory;
import dev.nst.cpu.PhysicalCores;
import java.util.List;

/** What {@code nst devices --verbose} tells of a JVM whose vectors can be used. */
final class VectorDetails {

  private VectorDetails() {}

  static List<Detail> list() {
    String bits = Simd.FLOATS.vectorBitSize() + " bits of at most " + Simd.widestBits();
    return List.of(
        new Detail("vector width", bits), new Detail("threads", threads()), HeapMemory.detail());
  }

  private static String threads() {
    String asked = System.getProperty(BackendOptions.THREADS_PROPERTY);
    return asked == null
        ? PhysicalCores.count() + " (one for each physical core)"
        : asked + " (-D" + BackendOptions.THREADS_PROPERTY + ")";
  }
}
