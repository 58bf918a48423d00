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

  /**
   * Returns the mask at another size: each pixel is the mean of what it covers of this one. Masks
   * that sum to 1 everywhere still do, and one that is 1 everywhere remains so, to the bit.
   *
   * @param newWidth in pixels, at least 1
   * @param newHeight likewise
   */
  public RegionMask resized(int newWidth, int newHeight) {
    // Each pass leaves rows for columns, so the second puts them right again.
    float[] turned = rowsResized(values, width, newWidth);
    return new RegionMask(newWidth, newHeight, rowsResized(turned, height, newHeight));
  }

  /** Returns the rows of length {@code from} brought to length {@code to}, as columns. */
  private static float[] rowsResized(float[] values, int from, int to) {
    int rows = values.length / from;
    float[] columns = new float[rows * to];
    double covered = (double) from / to;
    for (int j = 0; j < to; j++) {
      double start = j * covered;
      double end = Math.min(from, start + covered);
      for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int k = (int) start; k < end; k++) {
          sum += (Math.min(k + 1, end) - Math.max(k, start)) * values[i * from + k];
        }
        columns[j * rows + i] = (float) Math.min(1, sum / covered);
      }
    }
    return columns;
  }

  /** Returns whether there is so little of the region that no Gram matrix can be taken of it. */
  public boolean isNegligible() {
    return total() < LEAST_SUM;
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
    if (isNegligible()) {
      throw new NstException(
          "Nothing of a region is left where the network sees %d x %d positions; make the region"
                  .formatted(width, height)
              + " or the picture larger.");
    }
    return total();
  }

  private double total() {
    double total = 0;
    for (float value : values) {
      total += value;
    }
    return total;
  }
}
