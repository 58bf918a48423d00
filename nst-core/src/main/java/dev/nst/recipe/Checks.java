package dev.nst.recipe;

import dev.nst.NstException;

/** Ranges of a recipe's numbers, refused in one sentence. */
final class Checks {

  private Checks() {}

  /** Requires a number that a float can hold, of at least 0. */
  static void weight(String what, double weight) {
    if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
      throw new NstException(
          "The " + what + " weight must be a number of at least 0, got " + weight + ".");
    }
  }

  /** Requires a number that a float can hold, above 0. */
  static void positive(String what, double value) {
    if (!(value > 0 && value <= Float.MAX_VALUE)) {
      throw new NstException("The " + what + " must be above 0, got " + value + ".");
    }
  }

  /** Requires a number in [0, 1), as decays are. */
  static void decay(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new NstException("The " + what + " must be at least 0 and below 1, got " + value + ".");
    }
  }

  /** Requires a count of at least 1. */
  static void count(String what, int value) {
    if (value < 1) {
      throw new NstException("The " + what + " must be at least 1, got " + value + ".");
    }
  }
}
