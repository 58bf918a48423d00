package dev.nst.cli.demo;

import java.awt.image.BufferedImage;

/**
 * Draws the content picture of the demo: evening light on snow mountains over a lake, framed by
 * firs. Everything comes from noise and arithmetic, so a seed gives the same picture everywhere.
 */
final class Landscape {

  private static final Colour[] SKY = {
    Colour.of(0x1D3B73),
    Colour.of(0x3A6AA8),
    Colour.of(0x86A9CE),
    Colour.of(0xF3C9A0),
    Colour.of(0xFFB26B),
  };
  private static final Colour SUN = Colour.of(0xFFFBE6);
  private static final Colour GLOW = Colour.of(0xFFC98A);
  private static final Colour SUNLIGHT = Colour.of(0xFFE9B8);
  private static final Colour CLOUD_LIT = Colour.of(0xFFE3CB);
  private static final Colour CLOUD_SHADE = Colour.of(0x8C86AE);
  private static final Colour HAZE = Colour.of(0xE9B99A);
  private static final Colour SNOW_LIT = Colour.of(0xFFF1E0);
  private static final Colour SNOW_SHADE = Colour.of(0x7F95C4);

  /**
   * One range of mountains, from the far ones to the near ones. Heights are shares of the picture.
   */
  private record Range(
      double base,
      double height,
      double scale,
      Colour lit,
      Colour shade,
      double haze,
      double snow) {}

  private static final Range[] RANGES = {
    new Range(.56, .26, 2.1, Colour.of(0xB68F8E), Colour.of(0x5E6796), .45, .52),
    new Range(.58, .23, 2.9, Colour.of(0x9A7A6A), Colour.of(0x3D4A78), .22, .62),
    new Range(.60, .11, 4.3, Colour.of(0x6C7A4C), Colour.of(0x2B4250), .10, 2),
    new Range(.61, .05, 7.0, Colour.of(0x4D6B36), Colour.of(0x1C3B34), .02, 2),
  };

  private final int width;
  private final int height;
  private final Noise noise;
  private final Noise clouds;
  private final double sunX;
  private final double sunY;
  private final double shore;

  private Landscape(int width, int height, long seed) {
    this.width = width;
    this.height = height;
    this.noise = new Noise(seed);
    this.clouds = new Noise(seed + 1);
    this.sunX = .66;
    this.sunY = .36;
    this.shore = .62;
  }

  /**
   * Draws the picture.
   *
   * @param width in pixels
   * @param height in pixels
   * @param seed chooses the mountains, the clouds and the trees
   * @return an opaque RGB picture
   */
  static BufferedImage draw(int width, int height, long seed) {
    Landscape landscape = new Landscape(width, height, seed);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double x = column / (double) height;
        double y = row / (double) height;
        picture.setRGB(column, row, landscape.colourAt(x, y).packed());
      }
    }
    Trees.plant(picture, landscape.shore, seed + 2);
    return picture;
  }

  /**
   * Coordinates are in picture heights, so that a wider picture shows more instead of wider things.
   */
  private Colour colourAt(double x, double y) {
    return y < shore ? above(x, y) : lake(x, y);
  }

  private Colour above(double x, double y) {
    Colour colour = sky(x, y);
    for (int index = 0; index < RANGES.length; index++) {
      colour = behindRange(colour, RANGES[index], index, x, y);
    }
    return colour;
  }

  private Colour sky(double x, double y) {
    Colour colour = Colour.gradient(Math.pow(y / shore, .85), SKY);
    double distance = Math.hypot(x - sunX * width / height, y - sunY);
    double glow = .5 * Math.exp(-distance * 8) + .3 * Math.exp(-distance * 2.2);
    double disc = smooth((.038 - distance) / .006);
    double cover = clouds.fractal(x * 2.1 + 3, y * 7.5, 6) * 1.9 + .08 - .55 * Math.abs(y - .26);
    double thickness = smooth(cover * 1.7);
    double under = clouds.fractal(x * 2.1 + 3.04, (y + .025) * 7.5, 6) * 1.9 + .08;
    Colour cloud = CLOUD_SHADE.mix(CLOUD_LIT, .55 + (cover - under) * 1.6 + glow * .65);
    colour = colour.plus(GLOW.times(glow * .6)).mix(SUN, disc);
    return colour.mix(cloud, .88 * thickness);
  }

  private Colour behindRange(Colour behind, Range range, int index, double x, double y) {
    double crest = crest(range, index, x);
    double coverage = smooth((y - crest) * height / 1.5 + .5);
    if (coverage == 0) {
      return behind;
    }
    // The slope of an invisible height field gives each face its light, from the side of the sun.
    double step = .004;
    double field = relief(range, index, x, y);
    double facing = (relief(range, index, x + step, y - step * .4) - field) / step;
    double light = smooth(.5 - facing * .15 + .08 * noise.at(x * 60, y * 60 + index));
    Colour rock = range.shade.mix(range.lit, light);
    double altitude = (range.base - y) / range.height;
    double drift = .22 * noise.fractal(x * 9 + index * 7, y * 14, 4) + .12 * light;
    double snowy = smooth((altitude + drift - range.snow) * 9);
    Colour surface = rock.mix(SNOW_SHADE.mix(SNOW_LIT, light * 1.1), snowy);
    double depth = smooth((y - crest) / (range.base - crest + .06));
    Colour hazy = surface.mix(HAZE, range.haze * (.55 + .8 * depth));
    return behind.mix(hazy, coverage);
  }

  private double crest(Range range, int index, double x) {
    double along = x * range.scale + index * 41.7;
    double peaks = noise.ridged(along * .8, index * 3.3, 5);
    double roll = noise.fractal(along * .5, index + .5, 2);
    return range.base - range.height * Math.max(.12, 1.25 * peaks + .55 * roll - .25);
  }

  private double relief(Range range, int index, double x, double y) {
    double scale = range.scale * 2.2;
    return noise.ridged(x * scale + index * 13.1, y * scale * .8 + index * 3.7, 5);
  }

  private Colour lake(double x, double y) {
    double depth = (y - shore) / (1 - shore);
    double wave = noise.fractal(x * 4, Math.log(depth + .06) * 26, 3);
    double fine = noise.at(x * 22, Math.log(depth + .05) * 60);
    double mirrored = shore - (y - shore) * 1.25 + (wave * .035 + fine * .010) * (depth + .12);
    double shifted = x + (wave * .012 + fine * .004) * (depth + .1);
    Colour reflected = above(shifted, Math.max(.005, Math.min(shore - .004, mirrored)));
    Colour water = Colour.of(0x12355C).mix(Colour.of(0x0B2340), depth);
    Colour colour = reflected.times(.86).mix(water, .18 + .38 * depth);
    double across = Math.abs(x - sunX * width / height) / (.030 + .16 * depth);
    double glitter = Math.exp(-across * across) * smooth(fine * 1.6 + wave * .9 - .05);
    return colour.plus(SUNLIGHT.times(.75 * glitter));
  }

  /** Smoothstep over 0..1, clamped. */
  private static double smooth(double t) {
    double clamped = Math.max(0, Math.min(1, t));
    return clamped * clamped * (3 - 2 * clamped);
  }
}
