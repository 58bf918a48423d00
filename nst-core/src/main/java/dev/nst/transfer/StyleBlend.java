package dev.nst.transfer;

import dev.nst.NstException;
import java.util.Collections;
import java.util.List;

/**
 * The shares that several paintings have in the style.
 *
 * @param shares one of each painting, at least 0, brought to a sum of 1
 */
public record StyleBlend(List<Double> shares) {

  /**
   * Takes weights in any proportion.
   *
   * @throws NstException if they are no weights, or all 0
   */
  public StyleBlend {
    for (double share : shares) {
      if (!(share >= 0 && share <= Float.MAX_VALUE)) {
        throw new NstException(
            "The weights of the style blend must be numbers of at least 0, got " + share + ".");
      }
    }
    double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
    if (sum == 0) {
      throw new NstException("The weights of the style blend are all 0; raise one.");
    }
    shares = shares.stream().map(share -> share / sum).toList();
  }

  /** Returns equal shares. */
  public static StyleBlend equal(int paintings) {
    return new StyleBlend(Collections.nCopies(paintings, 1.0));
  }

  /**
   * Returns this blend.
   *
   * @throws NstException if it has not one share for each painting
   */
  public StyleBlend requireFor(int paintings) {
    if (shares.size() != paintings) {
      throw new NstException(
          "The style blend has "
              + shares.size()
              + (shares.size() == 1 ? " weight" : " weights")
              + " for "
              + paintings
              + (paintings == 1 ? " painting" : " paintings")
              + "; give one weight for each.");
    }
    return this;
  }
}
