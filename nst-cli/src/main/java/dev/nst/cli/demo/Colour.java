package dev.nst.cli.demo;

/**
 * A colour in gamma-encoded sRGB.
 *
 * @param red 0..1; values outside are clamped when the colour is packed
 * @param green as red
 * @param blue as red
 */
record Colour(double red, double green, double blue) {

  /** Returns the colour written as {@code 0xRRGGBB}. */
  static Colour of(int rgb) {
    return new Colour((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
  }

  /** Returns this colour at 0, the other at 1 and a blend between; {@code share} is clamped. */
  Colour mix(Colour other, double share) {
    double t = Math.max(0, Math.min(1, share));
    return new Colour(
        red + (other.red - red) * t,
        green + (other.green - green) * t,
        blue + (other.blue - blue) * t);
  }

  /** Returns this colour with every channel multiplied. */
  Colour times(double factor) {
    return new Colour(red * factor, green * factor, blue * factor);
  }

  /** Returns the sum of the light of two colours. */
  Colour plus(Colour other) {
    return new Colour(red + other.red, green + other.green, blue + other.blue);
  }

  /** Returns {@code 0xRRGGBB}. */
  int packed() {
    return byteOf(red) << 16 | byteOf(green) << 8 | byteOf(blue);
  }

  private static int byteOf(double value) {
    return (int) Math.round(255 * Math.max(0, Math.min(1, value)));
  }

  /**
   * Returns the colour at a place on a gradient.
   *
   * @param place 0 for the first stop, 1 for the last; clamped
   * @param stops evenly spaced, at least two
   */
  static Colour gradient(double place, Colour... stops) {
    double at = Math.max(0, Math.min(1, place)) * (stops.length - 1);
    int below = Math.min((int) at, stops.length - 2);
    return stops[below].mix(stops[below + 1], at - below);
  }
}
