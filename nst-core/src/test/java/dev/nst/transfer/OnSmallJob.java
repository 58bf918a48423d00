package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import java.util.List;
import java.util.Map;

/** A part of a contract: tests of one group, on small pictures and synthetic weights. */
interface OnSmallJob {

  /** The photograph of every job. */
  Image CONTENT = JobContract.picture(1, 40, 33);

  /** The painting of every job. */
  Image STYLE = JobContract.picture(2, 36, 39);

  /** Returns the backend under test. */
  Backend backend();

  /** Returns a job by that recipe; the test closes it. */
  StyleTransfer job(Recipe recipe);

  /** Stops in block 2, for what does not depend on the depth of the network. */
  static Recipe shallow(int iterations) {
    return Recipe.quick()
        .withContentLayers(List.of(Vgg19Layer.CONV2_1))
        .withStyleLayers(Map.of(Vgg19Layer.CONV1_1, 1.0, Vgg19Layer.CONV2_1, 1.0))
        .withIterations(iterations);
  }
}
