package dev.nst.image;

import dev.nst.NstException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Changes the size of a picture exactly as PIL's {@code Image.resize((w, h), BILINEAR)} does for
 * 8-bit RGB, and therefore as torchvision's {@code Resize} does for a PIL image: with a triangle
 * filter that is widened when reducing (antialiased).
 *
 * <p>The work is done on the picture quantised to 8 bits: a horizontal pass and then a vertical one
 * with weights in fixed point, each rounding to 8 bits, a pass being left out where the size
 * already fits. For pictures that come from 8-bit files the result equals PIL's bit for bit. Pillow
 * releases from 2026 on may take the vertical pass first when a picture is much taller than wide;
 * there the two may differ by 1/255.
 *
 * <p>Source: the behaviour of Pillow 9.4, {@code src/libImaging/Resample.c}.
 */
public final class Resize {
  private static final int HALF = 1 << (ResampleWeights.FRACTION_BITS - 1);

  private Resize() {}

  /**
   * Resizes to the given size, whatever that does to the proportions.
   *
   * @param image the picture, which is quantised to 8 bits first; values outside [0, 1] are cut off
   * @param width W of the result, at least 1
   * @param height H of the result, at least 1
   * @return values that are multiples of 1/255; {@code image} itself, not quantised, if it already
   *     has this size
   * @throws IllegalArgumentException if an edge is below 1
   * @throws NstException if the result would be gigantic
   */
  public static Image bilinear(Image image, int width, int height) {
    return resize(image, new Dimensions(width, height));
  }

  /**
   * Resizes so that the shorter edge becomes {@code size} and the proportions stay.
   *
   * @param image the picture, which is quantised to 8 bits first; values outside [0, 1] are cut off
   * @param size length of the shorter edge, at least 1
   * @return values that are multiples of 1/255; {@code image} itself, not quantised, if its shorter
   *     edge already has this length
   * @throws IllegalArgumentException if {@code size} is below 1
   * @throws NstException if the result would be gigantic
   */
  public static Image shortEdge(Image image, int size) {
    return resize(image, shortEdgeDimensions(image.width(), image.height(), size));
  }

  /**
   * The size that {@link #shortEdge} gives: the shorter edge {@code size}, the longer one
   * floor(size * long / short), which is torchvision's rule.
   *
   * @param width W of the picture, at least 1
   * @param height H of the picture, at least 1
   * @param size length of the shorter edge of the result, at least 1
   * @throws IllegalArgumentException if an argument is below 1
   * @throws NstException if the longer edge would not fit an int
   */
  public static Dimensions shortEdgeDimensions(int width, int height, int size) {
    return shortEdgeDimensions("A picture", new Dimensions(width, height), size);
  }

  /** The same, with a name for the picture at the start of a refusal. */
  static Dimensions shortEdgeDimensions(String subject, Dimensions from, int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          "The shorter edge must be at least 1 pixel long, but " + size + " was asked for");
    }
    int shorter = from.shortEdge();
    int longer = Math.max(from.width(), from.height());
    long longEdge = (long) size * longer / shorter;
    if (longEdge > Integer.MAX_VALUE) {
      throw new NstException(
          String.format(
              "%s of %s pixels, with its shorter edge resized to %d, would be %d pixels long;"
                  + " choose a smaller size or crop the picture.",
              subject, from, size, longEdge));
    }
    return from.width() <= from.height()
        ? new Dimensions(size, (int) longEdge)
        : new Dimensions((int) longEdge, size);
  }

  private static Image resize(Image image, Dimensions to) {
    Objects.requireNonNull(image, "image");
    if (image.dimensions().equals(to)) {
      return image;
    }
    PictureLimits.checkPixels("The resized picture", to);
    return resize(Rgb8.of(image), to).toImage();
  }

  /** The same on 8-bit samples; {@code picture} itself if it already has the size. */
  static Rgb8 resize(Rgb8 picture, Dimensions to) {
    Rgb8 result = picture;
    if (to.width() != result.width()) {
      result = horizontally(result, to.width());
    }
    if (to.height() != result.height()) {
      result = vertically(result, to.height());
    }
    return result;
  }

  private static Rgb8 horizontally(Rgb8 source, int width) {
    ResampleWeights filter = ResampleWeights.bilinear(source.width(), width);
    int[] weights = filter.weights();
    byte[] from = source.samples();
    byte[] to = new byte[sampleCount(width, source.height())];
    for (int y = 0; y < source.height(); y++) {
      int row = y * source.width();
      int target = Image.CHANNELS * y * width;
      for (int x = 0; x < width; x++) {
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        int sample = Image.CHANNELS * (row + filter.first(x));
        int end = filter.offset(x) + filter.count(x);
        for (int i = filter.offset(x); i < end; i++) {
          red += (from[sample++] & 0xff) * weights[i];
          green += (from[sample++] & 0xff) * weights[i];
          blue += (from[sample++] & 0xff) * weights[i];
        }
        to[target++] = toEightBits(red);
        to[target++] = toEightBits(green);
        to[target++] = toEightBits(blue);
      }
    }
    return new Rgb8(width, source.height(), to);
  }

  private static Rgb8 vertically(Rgb8 source, int height) {
    ResampleWeights filter = ResampleWeights.bilinear(source.height(), height);
    int[] weights = filter.weights();
    byte[] from = source.samples();
    int line = Image.CHANNELS * source.width();
    byte[] to = new byte[sampleCount(source.width(), height)];
    int[] sums = new int[line];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int i = 0; i < filter.count(y); i++) {
        int weight = weights[filter.offset(y) + i];
        int row = (filter.first(y) + i) * line;
        for (int x = 0; x < line; x++) {
          sums[x] += (from[row + x] & 0xff) * weight;
        }
      }
      for (int x = 0; x < line; x++) {
        to[y * line + x] = toEightBits(sums[x]);
      }
    }
    return new Rgb8(source.width(), height, to);
  }

  private static int sampleCount(int width, int height) {
    return Math.toIntExact(Image.CHANNELS * (long) width * height);
  }

  /** Rounded weights may sum to a little more than 1, so the top end needs a limit. */
  private static byte toEightBits(int fixedPoint) {
    return (byte) Math.min(255, fixedPoint >> ResampleWeights.FRACTION_BITS);
  }
}
