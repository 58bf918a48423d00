package dev.nst.recipe;

import dev.nst.image.ColorTransfer;
import dev.nst.image.Image;

/** What of the photograph's colours stays; see {@link ColorTransfer} for formulas and sources. */
public enum KeepColors {
  /** Nothing: the painting brings its colours. */
  NONE,
  /** The result has the photograph's hues, and only its brightness is painted. */
  LUMINANCE,
  /** Paintings get mean and covariance of the photograph's colours before they are looked at. */
  MATCH,
  /** Paintings get the histograms of the photograph's channels before they are looked at. */
  HISTOGRAM;

  /** Returns a painting as the network is to see it. */
  public Image painting(Image painting, Image photograph) {
    return switch (this) {
      case NONE, LUMINANCE -> painting;
      case MATCH -> ColorTransfer.match(painting, photograph);
      case HISTOGRAM -> ColorTransfer.matchHistograms(painting, photograph);
    };
  }

  /**
   * Returns a result as it is to be shown.
   *
   * @param photograph of the result's size
   */
  public Image result(Image result, Image photograph) {
    return this == LUMINANCE ? ColorTransfer.luminance(result, photograph) : result;
  }
}
