package dev.nst.transfer;

import java.util.List;

/**
 * What a picture is painted from, at the sizes of one stage.
 *
 * @param content the photograph
 * @param styles the paintings
 */
record Scene(PictureSource content, List<WeightedStyle> styles) {

  /**
   * A painting and its share.
   *
   * @param picture the painting
   * @param share of the targets; all shares sum to 1
   */
  record WeightedStyle(PictureSource picture, double share) {}

  /** Returns a scene of one painting. */
  static Scene of(PictureSource content, PictureSource style) {
    return new Scene(content, List.of(new WeightedStyle(style, 1)));
  }
}
