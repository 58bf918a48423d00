package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.EmulatedCuda;
import java.util.Optional;

/**
 * The device that the tests run on: the one emulated on the CPU, or with {@code
 * -Dnst.cuda.device=real} that of the machine, as {@code gpu-check} does.
 */
public final class TestDevices {

  private static final String PROPERTY = "nst.cuda.device";

  private TestDevices() {}

  /** Returns whether the tests run on a real GPU. */
  static boolean isReal() {
    return "real".equals(System.getProperty(PROPERTY));
  }

  /** Opens the backend; the test is skipped, with the reason, where nothing can run it. */
  public static Backend open(Precision precision) {
    prepare();
    return Backends.open("cuda", new BackendOptions(Optional.of(precision), 0));
  }

  /** Points the loader at the emulation, unless a real device was asked for. */
  static void prepare() {
    if (!isReal()) {
      System.setProperty(LibrarySearch.PROPERTY, EmulatedCuda.directory().toString());
    }
  }
}
