package dev.nst.recipe;

/** Which statistics of a layer carry the style, and how they are compared. */
public enum StyleForm {
  /** Sums {@code G = F Ft}, {@code mean((G - A)^2) / (C H W)}: the base recipe. */
  ABSOLUTE,
  /** Means over positions, {@code mean((G - A)^2) / mean(A^2)}: each layer starts around 1. */
  RELATIVE,
  /** {@code G = F Ft / (C H W)}, {@code mean((G - A)^2)}: neural-style-pt's. */
  MEAN_GRAM,
  /** Wasserstein-2 distance of Gaussians with the features' means and covariances. */
  WASSERSTEIN;
}
