package dev.nst.cli.timelapse;

import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * At most 256 colours that stand for all of a picture. Colours are counted in cells of 8 x 8 x 8
 * values; the set of cells with the largest squared error is cut in two at its mean, across the
 * channel that varies most, until there are enough (Wan, Wong, Prusinkiewicz 1988: an algorithm for
 * multidimensional data clustering, ACM TOMS 14).
 */
final class Palette {

  /** The most colours of a GIF's frame. */
  static final int MOST = 256;

  private static final int BITS = 5;
  private static final int CELLS = 1 << 3 * BITS;
  private static final int UNKNOWN = -1;

  private final int[] colours;
  private final short[] nearest = new short[CELLS];

  private Palette(int[] colours) {
    this.colours = colours;
    Arrays.fill(nearest, (short) UNKNOWN);
  }

  /**
   * Chooses colours.
   *
   * @param rgb pixels, 8 bits a channel, red highest
   */
  static Palette of(int[] rgb) {
    long[][] cells = new long[CELLS][];
    for (int pixel : rgb) {
      int cell = cell(red(pixel), green(pixel), blue(pixel));
      long[] sums = cells[cell] == null ? cells[cell] = new long[4] : cells[cell];
      sums[0]++;
      sums[1] += red(pixel);
      sums[2] += green(pixel);
      sums[3] += blue(pixel);
    }
    List<double[]> weighted = new ArrayList<>();
    for (long[] sums : cells) {
      if (sums != null) {
        double count = sums[0];
        weighted.add(new double[] {count, sums[1] / count, sums[2] / count, sums[3] / count});
      }
    }
    return new Palette(cut(weighted).stream().mapToInt(Cluster::colour).toArray());
  }

  private static List<Cluster> cut(List<double[]> cells) {
    List<Cluster> clusters = new ArrayList<>(List.of(new Cluster(cells)));
    while (clusters.size() < MOST) {
      int worst = 0;
      for (int i = 1; i < clusters.size(); i++) {
        worst = clusters.get(i).error > clusters.get(worst).error ? i : worst;
      }
      if (clusters.get(worst).error <= 0) {
        break;
      }
      Cluster halved = clusters.remove(worst);
      clusters.add(halved.half(true));
      clusters.add(halved.half(false));
    }
    return clusters;
  }

  /** Cells, each with its number of pixels and their mean red, green and blue. */
  private static final class Cluster {
    private final List<double[]> cells;
    private final double[] mean = new double[4];
    private double error;
    private int widest = 1;

    Cluster(List<double[]> cells) {
      this.cells = cells;
      double count = cells.stream().mapToDouble(cell -> cell[0]).sum();
      double largest = -1;
      for (int channel = 1; channel <= 3; channel++) {
        double sum = 0;
        double squares = 0;
        for (double[] cell : cells) {
          sum += cell[0] * cell[channel];
          squares += cell[0] * cell[channel] * cell[channel];
        }
        mean[channel] = sum / count;
        // One cell alone has no error, but rounding may say otherwise.
        double spread = cells.size() == 1 ? 0 : squares - sum * mean[channel];
        error += spread;
        if (spread > largest) {
          largest = spread;
          widest = channel;
        }
      }
    }

    /** Returns the cells on one side of the mean, which has some on either side. */
    Cluster half(boolean lower) {
      return new Cluster(
          cells.stream().filter(cell -> cell[widest] < mean[widest] == lower).toList());
    }

    int colour() {
      return (int) Math.round(mean[1]) << 16
          | (int) Math.round(mean[2]) << 8
          | (int) Math.round(mean[3]);
    }
  }

  private static int cell(int red, int green, int blue) {
    int shift = 8 - BITS;
    return red >> shift << 2 * BITS | green >> shift << BITS | blue >> shift;
  }

  private static int red(int rgb) {
    return rgb >> 16 & 0xff;
  }

  private static int green(int rgb) {
    return rgb >> 8 & 0xff;
  }

  private static int blue(int rgb) {
    return rgb & 0xff;
  }

  /** Returns the number of colours. */
  int size() {
    return colours.length;
  }

  /** Returns a colour, red highest. */
  int colour(int index) {
    return colours[index];
  }

  /** Returns the colour nearest to one, to the precision of a cell; channels are from 0 to 255. */
  int nearest(int red, int green, int blue) {
    int cell = cell(red, green, blue);
    if (nearest[cell] == UNKNOWN) {
      nearest[cell] = (short) search(red, green, blue);
    }
    return nearest[cell];
  }

  private int search(int red, int green, int blue) {
    int best = 0;
    int smallest = Integer.MAX_VALUE;
    for (int i = 0; i < colours.length; i++) {
      int dr = red(colours[i]) - red;
      int dg = green(colours[i]) - green;
      int db = blue(colours[i]) - blue;
      int distance = dr * dr + dg * dg + db * db;
      if (distance < smallest) {
        smallest = distance;
        best = i;
      }
    }
    return best;
  }

  /** Returns the colours for {@link java.awt.image.BufferedImage}. */
  IndexColorModel model() {
    return new IndexColorModel(
        8, colours.length, colours, 0, false, -1, java.awt.image.DataBuffer.TYPE_BYTE);
  }

  /**
   * Replaces every pixel by a colour of this palette and passes what was lost on to its neighbours
   * on the right and below (Floyd and Steinberg 1976), so that gradients do not break into bands.
   *
   * @param rgb pixels, row by row
   * @return for every pixel the number of its colour
   */
  byte[] dither(int[] rgb, int width) {
    byte[] indices = new byte[rgb.length];
    // Errors in sixteenths, three channels a pixel, with a pixel to spare on either side.
    int[] above = new int[3 * (width + 2)];
    int[] below = new int[3 * (width + 2)];
    for (int i = 0; i < rgb.length; i++) {
      int x = i % width;
      if (x == 0 && i > 0) {
        int[] spent = above;
        above = below;
        below = spent;
        Arrays.fill(below, 0);
      }
      int at = 3 * (x + 1);
      int red = limited(red(rgb[i]) + (above[at] + 8 >> 4));
      int green = limited(green(rgb[i]) + (above[at + 1] + 8 >> 4));
      int blue = limited(blue(rgb[i]) + (above[at + 2] + 8 >> 4));
      int index = nearest(red, green, blue);
      indices[i] = (byte) index;
      spread(red - red(colours[index]), at, above, below);
      spread(green - green(colours[index]), at + 1, above, below);
      spread(blue - blue(colours[index]), at + 2, above, below);
    }
    return indices;
  }

  private static void spread(int error, int at, int[] above, int[] below) {
    above[at + 3] += 7 * error;
    below[at - 3] += 3 * error;
    below[at] += 5 * error;
    below[at + 3] += error;
  }

  private static int limited(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
