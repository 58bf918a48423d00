package dev.nst.recipe;

import dev.nst.loss.TvForm;

/**
 * Smoothness of the picture itself.
 *
 * @param weight factor on the total variation, at least 0
 * @param form how differences of neighbouring pixels are measured, in the recipe's pixel space
 */
public record TvTerm(double weight, TvForm form) {

  /** Validates the range. */
  public TvTerm {
    Checks.weight("total variation", weight);
  }

  /** Returns this term with another weight. */
  public TvTerm withWeight(double value) {
    return new TvTerm(value, form);
  }
}
