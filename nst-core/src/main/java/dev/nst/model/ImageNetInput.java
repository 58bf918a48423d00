package dev.nst.model;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * The input convention of torchvision's models: RGB in [0, 1], minus ImageNet's mean, divided by
 * its standard deviation, per channel.
 */
public final class ImageNetInput {

  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};

  private ImageNetInput() {}

  /**
   * Returns a picture as the network takes it.
   *
   * @param image RGB, nominally in [0, 1]; what is transparent is white
   * @return a new float32 tensor {@code [1, 3, H, W]} in {@code arena}, about -2.1 to 2.6
   */
  public static Tensor upload(Backend backend, Arena arena, Image image) {
    Tensor tensor = arena.allocate(Shape.features(3, image.height(), image.width()));
    backend.upload(tensor, image.onWhite().toChw());
    float[] factor = new float[3];
    float[] offset = new float[3];
    for (int c = 0; c < 3; c++) {
      factor[c] = (float) (1 / STD[c]);
      offset[c] = (float) (-MEAN[c] / STD[c]);
    }
    backend.affineChannels(tensor, tensor, factor, offset);
    return tensor;
  }

  /**
   * Returns a picture that the network took, in RGB and clamped to [0, 1].
   *
   * @param tensor float32 {@code [1, 3, H, W]}
   * @throws NstException if a value is not a finite number, as after a diverged optimisation
   */
  public static Image download(Backend backend, Tensor tensor) {
    Shape shape = tensor.shape();
    float[] values = new float[Math.toIntExact(shape.size())];
    backend.download(values, tensor);
    for (int i = 0; i < values.length; i++) {
      int c = i / shape.area();
      if (!Float.isFinite(values[i])) {
        throw new NstException(
            "The picture is no longer made of numbers; lower the learning rate or the loss weights.");
      }
      values[i] = (float) (values[i] * STD[c] + MEAN[c]);
    }
    return Image.of(shape.w(), shape.h(), values).clamped();
  }
}
