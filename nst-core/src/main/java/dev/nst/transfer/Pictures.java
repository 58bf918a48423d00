package dev.nst.transfer;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Resize;
import dev.nst.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;

/**
 * The pictures that a run reads, at the sizes of its last stage.
 *
 * @param content the photograph
 * @param styles the paintings
 * @param blend their shares
 */
record Pictures(Image content, List<Image> styles, StyleBlend blend) {

  /** Returns them at the sizes of a stage. */
  Scene scene(PlannedStage stage) {
    List<Scene.WeightedStyle> paintings = new ArrayList<>();
    for (int i = 0; i < styles.size(); i++) {
      Image painting = resized(styles.get(i), stage.styles().get(i));
      paintings.add(new Scene.WeightedStyle(PictureSource.of(painting), blend.shares().get(i)));
    }
    return new Scene(PictureSource.of(resized(content, stage.content())), paintings);
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
