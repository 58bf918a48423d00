package dev.nst.transfer;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Resize;
import dev.nst.loss.RegionMask;
import dev.nst.model.PixelSpace;
import dev.nst.recipe.KeepColors;
import dev.nst.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pictures that a run reads, at the sizes of its last stage.
 *
 * @param content the photograph
 * @param styles the paintings
 * @param blend their shares
 * @param masks what divides them into regions, if anything does
 */
record Pictures(Image content, List<Image> styles, StyleBlend blend, Optional<Masks> masks) {

  /** Returns them at the sizes of a stage, in the space that the network takes. */
  Scene scene(PlannedStage stage, PixelSpace seen) {
    List<Scene.WeightedStyle> paintings = new ArrayList<>();
    for (int i = 0; i < styles.size(); i++) {
      int number = i;
      Dimensions size = stage.styles().get(i);
      paintings.add(
          new Scene.WeightedStyle(
              PictureSource.of(resized(styles.get(i), size), seen),
              regions(given -> given.ofStyle(number, size)),
              blend.shares().get(i)));
    }
    return new Scene(
        PictureSource.of(resized(content, stage.content()), seen),
        regions(given -> given.ofContent(stage.content())),
        paintings);
  }

  private List<RegionSource> regions(Function<Masks, List<RegionMask>> ofMasks) {
    return masks
        .map(given -> ofMasks.apply(given).stream().map(RegionSource::of).toList())
        .orElse(List.of(RegionSource.WHOLE));
  }

  /**
   * Returns these pictures with what of the photograph's colours is to be kept in the paintings.
   */
  Pictures keepingColors(KeepColors colors) {
    return new Pictures(
        content,
        styles.stream().map(style -> colors.painting(style, content)).toList(),
        blend,
        masks);
  }

  /**
   * Returns a picture that the network has painted as it is to be shown: with what is kept of the
   * photograph's colours, and transparent where the photograph is.
   */
  Image shown(Image painted, KeepColors colors) {
    Image photograph = resized(content, painted.dimensions());
    return colors.result(painted, photograph.onWhite()).cutOutLike(content);
  }

  /** Returns what is painted on at first, at a stage's size. */
  Image start(Recipe recipe, Dimensions size) {
    return StartPicture.of(recipe.init(), recipe.seed(), this, size);
  }

  /** Returns a picture at another size, by the filter that pictures are read with. */
  static Image resized(Image picture, Dimensions size) {
    return Resize.bilinear(picture, size.width(), size.height());
  }
}
