package dev.nst.image;

import java.util.Arrays;

/**
 * Keeps a photograph's colours in its painting: by giving the painting them beforehand, or by
 * taking only the brightness of what was painted (Gatys, Bethge, Hertzmann, Shechtman 2016,
 * "Preserving Color in Neural Artistic Style Transfer").
 *
 * <p>Colours are the sRGB-encoded values of {@link Image}, as in that paper. Alpha is left alone.
 */
public final class ColorTransfer {

  /** Weights of red, green and blue in the luma of BT.601, which JPEG and its YCbCr use. */
  private static final double[] LUMA = {0.299, 0.587, 0.114};

  /** Added to variances, so that a grey or plain picture has a covariance that can be inverted. */
  private static final double LEAST_VARIANCE = 1e-6;

  /** Bins of the histograms: as many as 16-bit samples would be too many for small pictures. */
  private static final int BINS = 1024;

  private ColorTransfer() {}

  /**
   * The brightness of one picture with the hues of another: Y of the first, Cb and Cr of the
   * second, limited to [0, 1] (section 2.2 of the paper, in the colour space of neural-style's
   * "original colors").
   *
   * @param painted gives the luma Y
   * @param photograph gives Cb and Cr, of the same size
   * @throws IllegalArgumentException if the sizes differ
   */
  public static Image luminance(Image painted, Image photograph) {
    if (!painted.dimensions().equals(photograph.dimensions())) {
      throw new IllegalArgumentException(
          "The painted picture has %s pixels and the photograph %s; both need the same size"
              .formatted(painted.dimensions(), photograph.dimensions()));
    }
    float[] result = photograph.toChw();
    float[] brightness = painted.toChw();
    int area = painted.width() * painted.height();
    for (int p = 0; p < area; p++) {
      double difference = 0;
      for (int c = 0; c < Image.CHANNELS; c++) {
        difference += LUMA[c] * (brightness[c * area + p] - result[c * area + p]);
      }
      // Equal Cb and Cr mean that R - Y and B - Y stay, hence that all three move alike.
      for (int c = 0; c < Image.CHANNELS; c++) {
        result[c * area + p] = (float) (result[c * area + p] + difference);
      }
    }
    return painted.withColours(result).clamped();
  }

  /**
   * A picture with the mean and the covariance of another's colours: {@code A (x - m) + n} with
   * {@code A = T^(1/2) S^(-1/2)}, m and S mean and covariance of this picture, n and T those of the
   * other (section 2.1 of the paper, the form of Hertzmann et al.'s Image Analogies, which rotates
   * hues least). Limited to [0, 1]; 1e-6 is added to all variances.
   *
   * @param picture whose colours are changed
   * @param model whose colours it takes; of any size
   */
  public static Image match(Image picture, Image model) {
    float[] values = picture.toChw();
    int area = picture.width() * picture.height();
    Moments from = Moments.of(values, area);
    Moments to = Moments.of(model.toChw(), model.width() * model.height());
    double[][] a =
        SymmetricMatrix.multiply(
            SymmetricMatrix.power(to.covariance(), 0.5),
            SymmetricMatrix.power(from.covariance(), -0.5));
    double[] centred = new double[Image.CHANNELS];
    for (int p = 0; p < area; p++) {
      for (int c = 0; c < Image.CHANNELS; c++) {
        centred[c] = values[c * area + p] - from.mean()[c];
      }
      for (int c = 0; c < Image.CHANNELS; c++) {
        double sum = to.mean()[c];
        for (int k = 0; k < Image.CHANNELS; k++) {
          sum += a[c][k] * centred[k];
        }
        values[c * area + p] = (float) sum;
      }
    }
    return picture.withColours(values).clamped();
  }

  /**
   * A picture with the histograms of another's channels: each value becomes the one of the same
   * rank. Every channel is matched for itself, so hues may appear that neither picture has; {@link
   * #match} keeps the channels together.
   *
   * @param picture whose colours are changed
   * @param model whose histograms it takes; of any size
   */
  public static Image matchHistograms(Image picture, Image model) {
    float[] values = picture.toChw();
    float[] wanted = model.toChw();
    int area = picture.width() * picture.height();
    int modelArea = model.width() * model.height();
    for (int c = 0; c < Image.CHANNELS; c++) {
      double[] ranks = ranks(values, c * area, area);
      float[] sorted = Arrays.copyOfRange(wanted, c * modelArea, (c + 1) * modelArea);
      Arrays.sort(sorted);
      for (int p = c * area; p < (c + 1) * area; p++) {
        values[p] = quantile(sorted, rank(ranks, values[p]));
      }
    }
    return picture.withColours(values).clamped();
  }

  /** Returns for each bin's edge the share of values below it. */
  private static double[] ranks(float[] values, int from, int count) {
    double[] ranks = new double[BINS + 1];
    for (int p = from; p < from + count; p++) {
      ranks[bin(values[p]) + 1]++;
    }
    for (int i = 1; i <= BINS; i++) {
      ranks[i] = ranks[i - 1] + ranks[i] / count;
    }
    return ranks;
  }

  /** The share of values below this one, spread evenly over its bin. */
  private static double rank(double[] ranks, float value) {
    int bin = bin(value);
    double within = Math.min(1, Math.max(0, value * BINS - bin));
    return ranks[bin] + within * (ranks[bin + 1] - ranks[bin]);
  }

  private static int bin(float value) {
    return Math.min(BINS - 1, Math.max(0, (int) (value * BINS)));
  }

  private static float quantile(float[] sorted, double rank) {
    double at = Math.min(1, Math.max(0, rank)) * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return (float) (sorted[below] + (at - below) * (sorted[above] - sorted[below]));
  }

  /** Mean and covariance of a picture's colours. */
  private record Moments(double[] mean, double[][] covariance) {

    static Moments of(float[] chw, int area) {
      double[] mean = new double[Image.CHANNELS];
      for (int c = 0; c < Image.CHANNELS; c++) {
        for (int p = 0; p < area; p++) {
          mean[c] += chw[c * area + p];
        }
        mean[c] /= area;
      }
      double[][] covariance = new double[Image.CHANNELS][Image.CHANNELS];
      for (int i = 0; i < Image.CHANNELS; i++) {
        for (int j = 0; j < Image.CHANNELS; j++) {
          double sum = 0;
          for (int p = 0; p < area; p++) {
            sum += (chw[i * area + p] - mean[i]) * (chw[j * area + p] - mean[j]);
          }
          covariance[i][j] = sum / area + (i == j ? LEAST_VARIANCE : 0);
        }
      }
      return new Moments(mean, covariance);
    }
  }
}
