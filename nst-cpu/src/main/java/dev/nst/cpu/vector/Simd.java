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
