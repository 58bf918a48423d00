package dev.nst.image;

import java.awt.image.BufferedImage;
import java.util.Objects;

/**
 * An immutable RGB picture of 32-bit floats.
 *
 * <p>The values are stored plane by plane, red, green, blue, each plane row by row from the top
 * left: {@code [3][H][W]}, the CHW order of PyTorch. White is 1, black is 0, encoded as sRGB.
 * Values are <em>nominally</em> in [0, 1]: an optimiser may leave that range, nothing here hides
 * it, and {@link #clamped()} and the conversions to 8 bits bring it back.
 *
 * <p>No method hands out or keeps a caller's array: what comes in and what goes out is copied, so
 * that an image may be shared between threads.
 */
public final class Image {
  /** Red, green and blue. */
  public static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final float[] chw;

  private Image(int width, int height, float[] chw) {
    this.width = width;
    this.height = height;
    this.chw = chw;
  }

  /**
   * A picture of the given values.
   *
   * @param width W, at least 1
   * @param height H, at least 1
   * @param chw 3*H*W values in CHW order, which are copied
   * @throws IllegalArgumentException if an edge is below 1 or the array is not 3*H*W long
   */
  public static Image of(int width, int height, float[] chw) {
    Dimensions size = new Dimensions(width, height);
    if (chw.length != CHANNELS * size.pixels()) {
      throw new IllegalArgumentException(
          "An image of %s needs 3*%d*%d = %d values, but the array holds %d"
              .formatted(size, height, width, CHANNELS * size.pixels(), chw.length));
    }
    return new Image(width, height, chw.clone());
  }

  /** A picture that takes over {@code chw}: the caller must not touch the array afterwards. */
  static Image wrap(int width, int height, float[] chw) {
    return new Image(width, height, chw);
  }

  /**
   * The picture that a {@link BufferedImage} of any colour model shows, in sRGB.
   *
   * <p>Transparent pixels are composited over white. Samples of more than 8 bits are rounded to 8.
   * Grey samples are taken as they are, as every other imaging library does, and not through the
   * linear-light curve that {@link BufferedImage#getRGB(int, int)} puts on them.
   *
   * @param picture is read, not kept
   * @return values that are multiples of 1/255
   */
  public static Image fromBufferedImage(BufferedImage picture) {
    Objects.requireNonNull(picture, "picture");
    return BufferedImages.toRgb8(picture, Orientation.TOP_LEFT).toImage();
  }

  /**
   * The picture in 8-bit sRGB, as {@link BufferedImage#TYPE_INT_RGB}.
   *
   * <p>Values are limited to [0, 1] and rounded to the nearest 255th; NaN becomes 0.
   */
  public BufferedImage toBufferedImage() {
    return BufferedImages.fromRgb8(Rgb8.of(this));
  }

  /** W, the number of columns. */
  public int width() {
    return width;
  }

  /** H, the number of rows. */
  public int height() {
    return height;
  }

  /** Width and height together. */
  public Dimensions dimensions() {
    return new Dimensions(width, height);
  }

  /**
   * One value.
   *
   * @param channel 0 red, 1 green, 2 blue
   * @param y row, 0 at the top
   * @param x column, 0 at the left
   * @throws IndexOutOfBoundsException outside of the picture
   */
  public float get(int channel, int y, int x) {
    Objects.checkIndex(channel, CHANNELS);
    Objects.checkIndex(y, height);
    Objects.checkIndex(x, width);
    return chw[(channel * height + y) * width + x];
  }

  /** All values in CHW order, in a fresh array of length 3*H*W. */
  public float[] toChw() {
    return chw.clone();
  }

  /**
   * Copies all values in CHW order into an array of the caller's.
   *
   * @param destination receives 3*H*W values
   * @param offset index of the first of them
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void copyTo(float[] destination, int offset) {
    Objects.checkFromIndexSize(offset, chw.length, destination.length);
    System.arraycopy(chw, 0, destination, offset, chw.length);
  }

  /** The same picture with every value limited to [0, 1]; NaN becomes 0. */
  public Image clamped() {
    float[] result = new float[chw.length];
    for (int i = 0; i < result.length; i++) {
      // A comparison with NaN is false, which sends NaN to 0.
      result[i] = chw[i] > 0 ? Math.min(chw[i], 1) : 0;
    }
    return new Image(width, height, result);
  }

  /** The values themselves, for readers inside this package that do not write to them. */
  float[] values() {
    return chw;
  }

  /** The size, not the values. */
  @Override
  public String toString() {
    return "Image[" + width + "x" + height + "]";
  }
}
