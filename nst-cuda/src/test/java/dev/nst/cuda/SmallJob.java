package dev.nst.cuda;

import dev.nst.backend.Backend;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StepListener;
import dev.nst.transfer.StyleTransfer;
import java.util.List;
import java.util.Map;

/** A small painting job through the first two blocks of the network, on synthetic weights. */
final class SmallJob {

  private static final int WIDTH = 40;
  private static final int HEIGHT = 33;

  private SmallJob() {}

  /** Paints so many iterations and closes everything but the backend. */
  static Image paint(Backend backend, int iterations, StepListener listener) {
    Recipe recipe =
        Recipe.quick()
            .withContentLayers(List.of(Vgg19Layer.CONV2_1))
            .withStyleLayers(Map.of(Vgg19Layer.CONV1_1, 1.0, Vgg19Layer.CONV2_1, 1.0))
            .withIterations(iterations);
    try (Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source());
        StyleTransfer job =
            StyleTransfer.on(vgg)
                .recipe(recipe)
                .content(picture(1, WIDTH, HEIGHT))
                .style(picture(2, HEIGHT, WIDTH))
                .build()) {
      return listener == null ? job.run() : job.run(listener);
    }
  }

  static Image picture(int number, int width, int height) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }
}
