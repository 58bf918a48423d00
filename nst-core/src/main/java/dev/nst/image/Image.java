package dev.nst.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable RGB picture of 32-bit floats, with or without alpha.
 *
 * <p>The values are stored plane by plane, red, green, blue, each plane row by row from the top
 * left: {@code [3][H][W]}, the CHW order of PyTorch. White is 1, black is 0, encoded as sRGB.
 * Values are <em>nominally</em> in [0, 1]: an optimiser may leave that range, nothing here hides
 * it, and {@link #clamped()} and the conversions to 8 bits bring it back.
 *
 * <p>Alpha is a plane of its own, {@code [H][W]} in [0, 1], 1 where the picture is opaque; there is
 * none if it is opaque everywhere. Colours are not multiplied by it.
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

  /** Null if opaque. */
  private final float[] alpha;

  private Image(int width, int height, float[] chw, float[] alpha) {
    this.width = width;
    this.height = height;
    this.chw = chw;
    this.alpha = alpha;
  }

  /**
   * An opaque picture of the given values.
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
    return new Image(width, height, chw.clone(), null);
  }

  /**
   * An opaque picture that takes over {@code chw}: the caller must not touch the array afterwards.
   */
  static Image wrap(int width, int height, float[] chw) {
    return new Image(width, height, chw, null);
  }

  /**
   * The picture that a {@link BufferedImage} of any colour model shows, in sRGB.
   *
   * <p>Alpha is kept, and 16 bits are; samples that are floats, from 0 to 1, or longer integers are
   * rounded to 16. Colours of an ICC profile are converted to sRGB. Grey samples without one are
   * taken as they are, as every other imaging library does, and not through the linear-light curve
   * that {@link BufferedImage#getRGB(int, int)} puts on them.
   *
   * @param picture is read, not kept
   * @return values that are multiples of 1/255, or of 1/65535 for more than 8 bits and for alpha
   */
  public static Image fromBufferedImage(BufferedImage picture) {
    Objects.requireNonNull(picture, "picture");
    return BufferedImages.toPixels(picture, FileColours.unknown(), Orientation.TOP_LEFT).toImage();
  }

  /**
   * The picture in 8-bit sRGB, as {@link BufferedImage#TYPE_INT_RGB}, or {@link
   * BufferedImage#TYPE_INT_ARGB} if it has alpha.
   *
   * <p>Values are limited to [0, 1] and rounded to the nearest 255th; NaN becomes 0.
   */
  public BufferedImage toBufferedImage() {
    return BufferedImages.of(Pixels.of(this, 8));
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

  /** All colours in CHW order, in a fresh array of length 3*H*W. */
  public float[] toChw() {
    return chw.clone();
  }

  /**
   * Copies all colours in CHW order into an array of the caller's.
   *
   * @param destination receives 3*H*W values
   * @param offset index of the first of them
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void copyTo(float[] destination, int offset) {
    Objects.checkFromIndexSize(offset, chw.length, destination.length);
    System.arraycopy(chw, 0, destination, offset, chw.length);
  }

  /** Whether there is a pixel that is not opaque. */
  public boolean hasAlpha() {
    return alpha != null;
  }

  /**
   * How opaque a pixel is.
   *
   * @param y row, 0 at the top
   * @param x column, 0 at the left
   * @return 0 for transparent to 1 for opaque
   * @throws IndexOutOfBoundsException outside of the picture
   */
  public float alpha(int y, int x) {
    Objects.checkIndex(y, height);
    Objects.checkIndex(x, width);
    return alpha == null ? 1 : alpha[y * width + x];
  }

  /** The alpha of all pixels, row by row, in a fresh array of length H*W. */
  public float[] toAlpha() {
    if (alpha != null) {
      return alpha.clone();
    }
    float[] opaque = new float[width * height];
    Arrays.fill(opaque, 1);
    return opaque;
  }

  /**
   * The same colours with another alpha.
   *
   * @param newAlpha H*W values, row by row, which are copied; limited to [0, 1], NaN becomes 0
   * @throws IllegalArgumentException if the array is not H*W long
   */
  public Image withAlpha(float[] newAlpha) {
    if (newAlpha.length != width * height) {
      throw new IllegalArgumentException(
          "The alpha of an image of %s needs %d values, but the array holds %d"
              .formatted(dimensions(), width * height, newAlpha.length));
    }
    float[] limited = clamped(newAlpha);
    for (float value : limited) {
      if (value < 1) {
        return new Image(width, height, chw, limited);
      }
    }
    return new Image(width, height, chw, null);
  }

  /** The same alpha with other colours: takes over {@code newChw}, 3*H*W values. */
  Image withColours(float[] newChw) {
    return new Image(width, height, newChw, alpha);
  }

  /**
   * The picture as it looks on white, the background on which paper and most viewers show it: each
   * colour c of alpha a becomes a c + (1 - a). This picture itself if it has no alpha.
   */
  public Image onWhite() {
    if (alpha == null) {
      return this;
    }
    float[] result = new float[chw.length];
    for (int i = 0; i < result.length; i++) {
      float opacity = alpha[i % alpha.length];
      result[i] = opacity * chw[i] + (1 - opacity);
    }
    return new Image(width, height, result, null);
  }

  /**
   * This picture cut out like another: it gets the other's alpha, resized, and the colours c that
   * make it look on white as it does now, c = (p - (1 - a)) / a as far as that lies in [0, 1].
   * {@link #onWhite} undoes it where it does. Taking p itself instead would leave a pale seam at
   * every soft edge. This picture itself if the other has no alpha.
   *
   * @param shape a picture of any size
   */
  public Image cutOutLike(Image shape) {
    if (!shape.hasAlpha()) {
      return this;
    }
    float[] opacity = Resize.bilinear(shape, width, height).toAlpha();
    float[] colours = chw.clone();
    for (int i = 0; i < colours.length; i++) {
      float a = opacity[i % opacity.length];
      // Nothing shows at alpha 0, so any colour is right.
      colours[i] = a == 0 ? chw[i] : (chw[i] - (1 - a)) / a;
    }
    return new Image(width, height, clamped(colours), null).withAlpha(opacity);
  }

  /** The same picture with every colour limited to [0, 1]; NaN becomes 0. */
  public Image clamped() {
    return new Image(width, height, clamped(chw), alpha);
  }

  private static float[] clamped(float[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      // A comparison with NaN is false, which sends NaN to 0.
      result[i] = values[i] > 0 ? Math.min(values[i], 1) : 0;
    }
    return result;
  }

  /** The colours themselves, for readers inside this package that do not write to them. */
  float[] values() {
    return chw;
  }

  /** The alpha itself, for readers inside this package that do not write to it; null if opaque. */
  float[] alphaValues() {
    return alpha;
  }

  /** The size, not the values. */
  @Override
  public String toString() {
    return "Image[" + width + "x" + height + (alpha == null ? "]" : ", alpha]");
  }
}
