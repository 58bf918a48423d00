package dev.nst.loss;

import dev.nst.NstException;

/** How much each pixel of a picture belongs to a region, from 0 to 1. */
public final class RegionMask {

  /** Less than this share of one position is nothing to take a Gram matrix of. */
  private static final double LEAST_SUM = 1e-3;

  private final int width;
  private final int height;
  private final float[] values;

  /**
   * A mask.
   *
   * @param values from 0 to 1, {@code height} rows of {@code width}
   * @throws NstException if their number differs or one is outside that range
   */
  public RegionMask(int width, int height, float[] values) {
    if (values.length != (long) width * height) {
      throw new NstException(
          "A mask of %d x %d needs as many values, got %d."
              .formatted(width, height, values.length));
    }
    for (float value : values) {
      if (!(value >= 0 && value <= 1)) {
        throw new NstException("A mask's values lie between 0 and 1, got " + value + ".");
      }
    }
    this.width = width;
    this.height = height;
    this.values = values.clone();
  }

  /** Returns the width in pixels. */
  public int width() {
    return width;
  }

  /** Returns the height in pixels. */
  public int height() {
    return height;
  }

  /** Returns the values, row by row, in a fresh array. */
  public float[] values() {
    return values.clone();
  }

  /**
   * Returns the mask of a map that has gone through so many 2x2 poolings: each halves it by the
   * mean of every window and drops an odd last row or column, as the network does.
   *
   * @param poolings at least 0
   */
  public RegionMask pooled(int poolings) {
    RegionMask mask = this;
    for (int i = 0; i < poolings; i++) {
      mask = mask.halved();
    }
    return mask;
  }

  private RegionMask halved() {
    int w = width / 2;
    int h = height / 2;
    float[] means = new float[w * h];
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < w; j++) {
        int at = 2 * i * width + 2 * j;
        float sum = values[at] + values[at + 1] + values[at + width] + values[at + width + 1];
        means[i * w + j] = sum / 4;
      }
    }
    return new RegionMask(w, h, means);
  }

  /**
   * Returns the sum of the values.
   *
   * @throws NstException if it is next to nothing
   */
  double sum() {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    if (sum < LEAST_SUM) {
      throw new NstException(
          "Nothing of a region is left where the network sees %d x %d positions; make the region"
                  .formatted(width, height)
              + " or the picture larger.");
    }
    return sum;
  }
}
