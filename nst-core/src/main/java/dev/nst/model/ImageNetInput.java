package dev.nst.model;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;

/**
 * The input convention of torchvision's models, {@link PixelSpace#NORMALIZED}: RGB in [0, 1], minus
 * ImageNet's mean, divided by its standard deviation, per channel.
 */
public final class ImageNetInput {

  private ImageNetInput() {}

  /**
   * Returns a picture as the network takes it.
   *
   * @param image RGB, nominally in [0, 1]; what is transparent is white
   * @return a new float32 tensor {@code [1, 3, H, W]} in {@code arena}, about -2.1 to 2.6
   */
  public static Tensor upload(Backend backend, Arena arena, Image image) {
    return PixelSpace.NORMALIZED.upload(backend, arena, image);
  }

  /**
   * Returns a picture that the network took, in RGB and clamped to [0, 1].
   *
   * @param tensor float32 {@code [1, 3, H, W]}
   * @throws NstException if a value is not a finite number, as after a diverged optimisation
   */
  public static Image download(Backend backend, Tensor tensor) {
    return PixelSpace.NORMALIZED.download(backend, tensor);
  }
}
