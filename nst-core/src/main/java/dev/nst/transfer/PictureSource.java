package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.PixelSpace;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** Where the tensor of a picture comes from. */
@FunctionalInterface
interface PictureSource {

  /** Returns a new float32 tensor {@code [1, 3, H, W]} in {@code arena}. */
  Tensor upload(Backend backend, Arena arena);

  /** A picture in a space. */
  static PictureSource of(Image image, PixelSpace space) {
    return (backend, arena) -> space.upload(backend, arena, image);
  }

  /** The picture that a stage left to the next. */
  static PictureSource of(Handover handover) {
    return (backend, arena) -> {
      Dimensions size = handover.size();
      Tensor tensor = arena.allocate(Shape.features(3, size.height(), size.width()));
      backend.upload(tensor, handover.picture());
      return tensor;
    };
  }

  /** Only the size of a picture, for rehearsals: the tensor's contents are undefined. */
  static PictureSource ofSize(Dimensions size) {
    return (backend, arena) -> arena.allocate(Shape.features(3, size.height(), size.width()));
  }
}
