package dev.nst.cli.demo;

/**
 * Smooth two-dimensional gradient noise (Perlin 2002, "Improving Noise"), the raw material of
 * clouds, ridges and flow fields. A given seed gives the same values on every machine.
 */
final class Noise {

  private static final int GRADIENTS = 16;

  /**
   * Unit vectors all around: x at 2k, y at 2k + 1. StrictMath, so that they are the same anywhere.
   */
  private static final double[] DIRECTIONS = directions();

  private final long seed;

  Noise(long seed) {
    this.seed = seed;
  }

  /** Returns noise of feature size 1 at a point, within -1..1 and 0 on average. */
  double at(double x, double y) {
    long cellX = (long) Math.floor(x);
    long cellY = (long) Math.floor(y);
    double dx = x - cellX;
    double dy = y - cellY;
    double u = fade(dx);
    double v = fade(dy);
    double top = mix(slope(cellX, cellY, dx, dy), slope(cellX + 1, cellY, dx - 1, dy), u);
    double bottom =
        mix(slope(cellX, cellY + 1, dx, dy - 1), slope(cellX + 1, cellY + 1, dx - 1, dy - 1), u);
    return Math.sqrt(2) * mix(top, bottom, v);
  }

  /** Returns a sum of octaves, each of half the size and half the height of the one before. */
  double fractal(double x, double y, int octaves) {
    double sum = 0;
    double height = 1;
    double total = 0;
    for (int octave = 0; octave < octaves; octave++) {
      sum += height * at(x + 17.3 * octave, y - 9.1 * octave);
      total += height;
      height /= 2;
      x *= 2;
      y *= 2;
    }
    return sum / total;
  }

  /** Returns octaves of folded noise, 0..1, with sharp crests at 1: mountain ridges. */
  double ridged(double x, double y, int octaves) {
    double sum = 0;
    double height = 1;
    double total = 0;
    for (int octave = 0; octave < octaves; octave++) {
      double crest = 1 - Math.abs(at(x + 5.7 * octave, y + 31.7 * octave));
      sum += height * crest * crest;
      total += height;
      height /= 2;
      x *= 2;
      y *= 2;
    }
    return sum / total;
  }

  private double slope(long cellX, long cellY, double dx, double dy) {
    int direction = (int) hash(cellX, cellY) & (GRADIENTS - 1);
    return DIRECTIONS[2 * direction] * dx + DIRECTIONS[2 * direction + 1] * dy;
  }

  private static double[] directions() {
    double[] components = new double[2 * GRADIENTS];
    for (int direction = 0; direction < GRADIENTS; direction++) {
      double angle = 2 * Math.PI / GRADIENTS * direction;
      components[2 * direction] = StrictMath.cos(angle);
      components[2 * direction + 1] = StrictMath.sin(angle);
    }
    return components;
  }

  /** The finaliser of SplitMix64 over the cell and the seed. */
  private long hash(long cellX, long cellY) {
    long z = seed * 0x9E3779B97F4A7C15L + cellX * 0xD1B54A32D192ED03L + cellY * 0x8CB92BA72F3D8DD7L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double fade(double t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
  }

  private static double mix(double a, double b, double t) {
    return a + (b - a) * t;
  }
}
