package dev.nst.tensor;

/**
 * Logical NCHW shape of a {@link Tensor}. Every tensor has four dimensions; a matrix is {@code [1,
 * 1, rows, columns]}, a vector {@code [1, 1, 1, length]} and a scalar {@code [1, 1, 1, 1]}.
 *
 * <p>The letters used everywhere in this project: N pictures in a batch, C channels of an input (or
 * of a map that is only read), K channels of a convolution's output, H height and W width in
 * pixels.
 *
 * @param n batch size, at least 1
 * @param c channels, at least 1
 * @param h height, at least 1
 * @param w width, at least 1
 */
public record Shape(int n, int c, int h, int w) {

  /** Validates that every dimension is positive. */
  public Shape {
    if (n < 1 || c < 1 || h < 1 || w < 1) {
      throw new IllegalArgumentException(
          "a shape needs dimensions of at least 1, got ["
              + n
              + ", "
              + c
              + ", "
              + h
              + ", "
              + w
              + "]");
    }
  }

  /** Returns the shape of a single number. */
  public static Shape scalar() {
    return new Shape(1, 1, 1, 1);
  }

  /** Returns the shape of a vector of {@code length} numbers. */
  public static Shape vector(int length) {
    return new Shape(1, 1, 1, length);
  }

  /** Returns the shape of a row-major matrix. */
  public static Shape matrix(int rows, int columns) {
    return new Shape(1, 1, rows, columns);
  }

  /** Returns the shape of one feature map {@code [1, c, h, w]}. */
  public static Shape features(int c, int h, int w) {
    return new Shape(1, c, h, w);
  }

  /** Returns the number of elements. */
  public long size() {
    return (long) n * c * h * w;
  }

  /** Returns the number of positions {@code H * W} of one channel. */
  public int area() {
    return Math.multiplyExact(h, w);
  }

  /** Returns this shape with another number of channels. */
  public Shape withChannels(int channels) {
    return new Shape(n, channels, h, w);
  }

  /** Returns the shape after a 2x2 pooling of stride 2, which drops an odd last row and column. */
  public Shape pooled() {
    if (h < 2 || w < 2) {
      throw new IllegalArgumentException("2x2 pooling needs at least 2x2 positions, got " + this);
    }
    return new Shape(n, c, h / 2, w / 2);
  }

  @Override
  public String toString() {
    return "[" + n + ", " + c + ", " + h + ", " + w + "]";
  }
}
