package dev.nst.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of the vectors in use. All kernels refer to these constants, which the JVM's compiler
 * sees as such; the width is therefore one for the life of the JVM.
 */
final class Simd {

  /** System property that asks for narrower vectors than the machine has: 128, 256 or 512. */
  static final String BITS_PROPERTY = "nst.vector.bits";

  /** Vectors of float32. */
  static final VectorSpecies<Float> FLOATS = choose();

  /** Numbers in a vector: 4, 8 or 16; it divides {@link Layout#BLOCK}. */
  static final int LANES = FLOATS.length();

  /**
   * Rows of {@link MicroKernel}'s tiles of two vectors a row. With 32 registers, JDK 25 keeps the
   * sums of twelve rows in them; JDK 17 keeps those of eight and puts more on the stack. With 16
   * registers both keep no more than four, as they load ahead; that halves the speed of six.
   */
  static final int TILE_ROWS = !hasManyRegisters() ? 4 : Runtime.version().feature() < 25 ? 8 : 12;

  private static final int WIDEST = 512;

  private Simd() {}

  /** Returns the bits of the widest vectors of this machine that the kernels can use. */
  static int widestBits() {
    return Math.min(FloatVector.SPECIES_PREFERRED.vectorBitSize(), WIDEST);
  }

  /** Returns whether vectors of so many bits can be used here. */
  static boolean supports(String bits) {
    return switch (bits) {
      case "128", "256", "512" -> Integer.parseInt(bits) <= widestBits();
      default -> false;
    };
  }

  /** AVX-512 and the Arm architecture have 32 vector registers, AVX2 has 16. */
  static boolean hasManyRegisters() {
    return LANES == 16 || System.getProperty("os.arch").equals("aarch64");
  }

  private static VectorSpecies<Float> choose() {
    // An impossible wish is refused when the backend is opened, not here in a static initialiser.
    String wish = System.getProperty(BITS_PROPERTY, "");
    int bits = supports(wish) ? Integer.parseInt(wish) : widestBits();
    return switch (bits) {
      case 512 -> FloatVector.SPECIES_512;
      case 256 -> FloatVector.SPECIES_256;
      default -> FloatVector.SPECIES_128;
    };
  }
}
