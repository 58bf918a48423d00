package dev.nst.transfer;

import java.util.List;

/**
 * What a picture is painted from, at the sizes of one stage.
 *
 * @param content the photograph
 * @param regions of the photograph, each painted in a style of its own; one at least
 * @param styles the paintings
 */
record Scene(PictureSource content, List<RegionSource> regions, List<WeightedStyle> styles) {

  /**
   * A painting and its share.
   *
   * @param picture the painting
   * @param regions of the painting, in the order of the photograph's that they are the style of
   * @param share of the targets; all shares sum to 1
   */
  record WeightedStyle(PictureSource picture, List<RegionSource> regions, double share) {}

  /** Returns a scene of one painting, without regions. */
  static Scene of(PictureSource content, PictureSource style) {
    List<RegionSource> whole = List.of(RegionSource.WHOLE);
    return new Scene(content, whole, List.of(new WeightedStyle(style, whole, 1)));
  }
}
