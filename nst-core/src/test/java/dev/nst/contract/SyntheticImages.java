package dev.nst.contract;

/**
 * Pictures made of arithmetic alone: a coarse lattice of colours, bilinearly interpolated, under
 * fine noise.
 *
 * <p>Mirrors {@code image} in {@code scripts/goldens/synthetic.py} bit for bit: only {@code + - *
 * /} in double, in the same order, and one rounding to float.
 */
public final class SyntheticImages {
  private static final long SEED = 0x6E73742D696D6731L; // ASCII "nst-img1"
  private static final int CHANNELS = 3;
  private static final int LATTICE = 5;
  private static final double SMOOTH_SHARE = 0.8;
  private static final double NOISE_SHARE = 0.2;

  private SyntheticImages() {}

  /**
   * Draws a picture.
   *
   * @param number which picture; the goldens use 1 (content), 2 (style) and 3 (another start)
   * @param height rows
   * @param width columns
   * @return [3, height, width] row-major, RGB in [0, 1], not normalised
   */
  public static float[] image(int number, int height, int width) {
    long seed = SEED + number;
    long noise = (long) CHANNELS * LATTICE * LATTICE;
    float[] values = new float[CHANNELS * height * width];
    int i = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++, i++) {
          double smooth = smooth(seed, channel, latticeAt(y, height), latticeAt(x, width));
          double fine = SplitMix64.uniform(seed, noise + i);
          values[i] = (float) (SMOOTH_SHARE * smooth + NOISE_SHARE * fine);
        }
      }
    }
    return values;
  }

  private static double latticeAt(int pixel, int size) {
    return (pixel + 0.5) / size * (LATTICE - 1);
  }

  private static double smooth(long seed, int channel, double fy, double fx) {
    int y0 = (int) fy;
    int x0 = (int) fx;
    double ty = fy - y0;
    double tx = fx - x0;
    long corner = ((long) channel * LATTICE + y0) * LATTICE + x0;
    double a = SplitMix64.uniform(seed, corner);
    double b = SplitMix64.uniform(seed, corner + 1);
    double c = SplitMix64.uniform(seed, corner + LATTICE);
    double d = SplitMix64.uniform(seed, corner + LATTICE + 1);
    double top = a * (1.0 - tx) + b * tx;
    double bottom = c * (1.0 - tx) + d * tx;
    return top * (1.0 - ty) + bottom * ty;
  }
}
