package dev.nst.image;

/**
 * The size of a picture in pixels.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Dimensions(int width, int height) {

  /**
   * Checks both edges.
   *
   * @throws IllegalArgumentException if an edge is below 1
   */
  public Dimensions {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "A picture needs at least 1x1 pixels, but " + width + "x" + height + " was asked for");
    }
  }

  /** The number of pixels, width times height. */
  public long pixels() {
    return (long) width * height;
  }

  /** The length of the shorter edge. */
  public int shortEdge() {
    return Math.min(width, height);
  }

  /** The size with rows and columns exchanged. */
  Dimensions transposed() {
    return new Dimensions(height, width);
  }

  /** Width and height as {@code 640x480}. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
