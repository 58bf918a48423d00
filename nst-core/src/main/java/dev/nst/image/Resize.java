package dev.nst.image;

import dev.nst.NstException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Changes the size of a picture exactly as PIL's {@code Image.resize((w, h), BILINEAR)} does for
 * 8-bit RGB, and therefore as torchvision's {@code Resize} does for a PIL image: with a triangle
 * filter that is widened when reducing (antialiased).
 *
 * <p>The work is done in integers: a horizontal pass and then a vertical one with weights in fixed
 * point, each rounding, a pass being left out where the size already fits. A picture whose values
 * are all multiples of 1/255 and that is opaque, as one from an ordinary 8-bit file, is worked on
 * in 8 bits, and the result equals PIL's bit for bit. Pillow releases from 2026 on may take the
 * vertical pass first when a picture is much taller than wide; there the two may differ by 1/255.
 * Any other picture is worked on in 16 bits.
 *
 * <p>With alpha, each colour counts by how much it shows (it is multiplied by its alpha meanwhile),
 * so that colours of transparent pixels, which nobody has seen, do not bleed into visible ones.
 *
 * <p>Source: the behaviour of Pillow 9.4, {@code src/libImaging/Resample.c}.
 */
public final class Resize {
  private static final long HALF = 1L << (ResampleWeights.FRACTION_BITS - 1);

  private Resize() {}

  /**
   * Resizes to the given size, whatever that does to the proportions.
   *
   * @param image the picture, which is quantised first; values outside [0, 1] are cut off
   * @param width W of the result, at least 1
   * @param height H of the result, at least 1
   * @return values that are multiples of 1/255 or 1/65535; {@code image} itself, not quantised, if
   *     it already has this size
   * @throws IllegalArgumentException if an edge is below 1
   * @throws NstException if the result would be gigantic
   */
  public static Image bilinear(Image image, int width, int height) {
    return resize(image, new Dimensions(width, height));
  }

  /**
   * Resizes so that the shorter edge becomes {@code size} and the proportions stay.
   *
   * @param image the picture, which is quantised first; values outside [0, 1] are cut off
   * @param size length of the shorter edge, at least 1
   * @return values that are multiples of 1/255 or 1/65535; {@code image} itself, not quantised, if
   *     its shorter edge already has this length
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
    return resize(Pixels.of(image), to).toImage();
  }

  /**
   * The same on integers.
   *
   * @param picture is used up; the result itself if it already has the size
   */
  static Pixels resize(Pixels picture, Dimensions to) {
    if (picture.size().equals(to)) {
      return picture;
    }
    forEachColour(picture, Premultiplied::multiply);
    Pixels result = picture;
    if (to.width() != result.width()) {
      result = horizontally(result, to.width());
    }
    if (to.height() != result.height()) {
      result = vertically(result, to.height());
    }
    forEachColour(result, Premultiplied::divide);
    return result;
  }

  @FunctionalInterface
  private interface AlphaOperation {
    int apply(int colour, int alpha, int max);
  }

  /** Without alpha, nothing happens. */
  private static void forEachColour(Pixels picture, AlphaOperation operation) {
    if (!picture.hasAlpha()) {
      return;
    }
    int max = picture.max();
    int[] row = new int[picture.channels() * picture.width()];
    for (int y = 0; y < picture.height(); y++) {
      picture.readRow(y, row);
      for (int i = 0; i < row.length; i += Pixels.WITH_ALPHA) {
        int alpha = row[i + Image.CHANNELS];
        for (int channel = 0; channel < Image.CHANNELS; channel++) {
          row[i + channel] = operation.apply(row[i + channel], alpha, max);
        }
      }
      picture.writeRow(y, row);
    }
  }

  private static Pixels horizontally(Pixels source, int width) {
    ResampleWeights filter = ResampleWeights.bilinear(source.width(), width);
    int[] weights = filter.weights();
    int channels = source.channels();
    int max = source.max();
    Pixels result =
        Pixels.allocate(new Dimensions(width, source.height()), channels, source.bits());
    int[] from = new int[channels * source.width()];
    int[] to = new int[channels * width];
    for (int y = 0; y < source.height(); y++) {
      source.readRow(y, from);
      for (int i = 0; i < to.length; i++) {
        int x = i / channels;
        int sample = channels * filter.first(x) + i % channels;
        int end = filter.offset(x) + filter.count(x);
        long sum = HALF;
        for (int weight = filter.offset(x); weight < end; weight++) {
          sum += (long) from[sample] * weights[weight];
          sample += channels;
        }
        to[i] = rounded(sum, max);
      }
      result.writeRow(y, to);
    }
    return result;
  }

  private static Pixels vertically(Pixels source, int height) {
    ResampleWeights filter = ResampleWeights.bilinear(source.height(), height);
    int[] weights = filter.weights();
    int max = source.max();
    Pixels result =
        Pixels.allocate(new Dimensions(source.width(), height), source.channels(), source.bits());
    int[] line = new int[source.channels() * source.width()];
    long[] sums = new long[line.length];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int i = 0; i < filter.count(y); i++) {
        long weight = weights[filter.offset(y) + i];
        source.readRow(filter.first(y) + i, line);
        for (int x = 0; x < line.length; x++) {
          sums[x] += line[x] * weight;
        }
      }
      for (int x = 0; x < line.length; x++) {
        line[x] = rounded(sums[x], max);
      }
      result.writeRow(y, line);
    }
    return result;
  }

  /** Rounded weights may sum to a little more than 1, so the top end needs a limit. */
  private static int rounded(long fixedPoint, int max) {
    return (int) Math.min(max, fixedPoint >> ResampleWeights.FRACTION_BITS);
  }
}
