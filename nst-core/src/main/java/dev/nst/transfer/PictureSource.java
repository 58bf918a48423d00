package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** Where the tensor of a picture comes from. */
@FunctionalInterface
interface PictureSource {

  /** Returns a new float32 tensor {@code [1, 3, H, W]}, normalised, in {@code arena}. */
  Tensor upload(Backend backend, Arena arena);

  /** A picture. */
  static PictureSource of(Image image) {
    return (backend, arena) -> ImageNetInput.upload(backend, arena, image);
  }

  /** Only the size of a picture, for rehearsals: the tensor's contents are undefined. */
  static PictureSource ofSize(Dimensions size) {
    return (backend, arena) -> arena.allocate(Shape.features(3, size.height(), size.width()));
  }
}
