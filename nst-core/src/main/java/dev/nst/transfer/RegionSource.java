package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.loss.Guide;
import dev.nst.loss.RegionMask;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import java.util.Optional;

/** Where the guides of a region of one picture come from. */
@FunctionalInterface
interface RegionSource {

  /** The whole picture, which needs no guide. */
  RegionSource WHOLE = (backend, arena, layer) -> Optional.empty();

  /** Returns the region's guide at a layer, new in {@code arena}; none for the whole picture. */
  Optional<Guide> guide(Backend backend, Arena arena, Vgg19Layer layer);

  /** A region of a picture of the mask's size. */
  static RegionSource of(RegionMask mask) {
    return (backend, arena, layer) ->
        Optional.of(Guide.of(backend, arena, mask.pooled(layer.poolings())));
  }

  /** Any region of a picture of a size, for rehearsals: the factors are undefined. */
  static RegionSource ofSize(Dimensions size) {
    return (backend, arena, layer) -> {
      int height = size.height() >> layer.poolings();
      int width = size.width() >> layer.poolings();
      return Optional.of(new Guide(arena.allocate(Shape.matrix(height, width)), 1));
    };
  }
}
