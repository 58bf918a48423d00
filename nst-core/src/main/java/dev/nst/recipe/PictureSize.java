package dev.nst.recipe;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.image.Resize;
import dev.nst.model.Vgg19;

/**
 * How large the picture becomes.
 *
 * @param pixels length of the edge that is measured, at least {@link Vgg19#SMALLEST_EDGE}
 * @param edge which edge that is
 */
public record PictureSize(int pixels, Edge edge) {

  /** The edge of a picture that its size is measured by. */
  public enum Edge {
    /** The shorter edge; the longer one is rounded down, as torchvision does. */
    SHORT {
      @Override
      public int of(Dimensions picture) {
        return picture.shortEdge();
      }

      @Override
      public Dimensions fit(Dimensions picture, int pixels) {
        return Resize.shortEdgeDimensions(picture.width(), picture.height(), pixels);
      }
    },
    /** The longer edge; the shorter one is rounded to the nearest pixel, half to even. */
    LONG {
      @Override
      public int of(Dimensions picture) {
        return Math.max(picture.width(), picture.height());
      }

      @Override
      public Dimensions fit(Dimensions picture, int pixels) {
        double longer = of(picture);
        int shorter = (int) Math.max(1, Math.rint(pixels * (picture.shortEdge() / longer)));
        return picture.height() > picture.width()
            ? new Dimensions(shorter, pixels)
            : new Dimensions(pixels, shorter);
      }
    };

    /** Returns the length of this edge. */
    public abstract int of(Dimensions picture);

    /** Returns the size of that shape whose edge is {@code pixels} long. */
    public abstract Dimensions fit(Dimensions picture, int pixels);
  }

  /** Validates the range. */
  public PictureSize {
    if (pixels < Vgg19.SMALLEST_EDGE) {
      throw new NstException(
          "The size must be at least "
              + Vgg19.SMALLEST_EDGE
              + " pixels, because VGG-19 halves the picture four times, got "
              + pixels
              + ".");
    }
  }

  /** Returns the size that a picture of this shape is painted at. */
  public Dimensions fit(Dimensions picture) {
    return edge.fit(picture, pixels);
  }

  /** Returns this size with another length. */
  public PictureSize withPixels(int value) {
    return new PictureSize(value, edge);
  }
}
