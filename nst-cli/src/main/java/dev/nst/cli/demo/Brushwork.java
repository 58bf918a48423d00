package dev.nst.cli.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;

/**
 * Draws the style picture of the demo: a night of whirls in thick paint. Strokes follow a flow
 * field of vortices and drift, broad ones first and fine ones on top, each a bundle of bristles of
 * slightly different colour, as a loaded brush leaves them.
 */
final class Brushwork {

  private static final Colour[] NIGHT = {
    Colour.of(0x0B1B45),
    Colour.of(0x14347A),
    Colour.of(0x1F5FA8),
    Colour.of(0x2F8FB8),
    Colour.of(0x7CC3C4),
    Colour.of(0xE9E3C2),
  };
  private static final Colour[] FLAME = {
    Colour.of(0x6E1E2B),
    Colour.of(0xC23B22),
    Colour.of(0xE8742A),
    Colour.of(0xF5B331),
    Colour.of(0xFCE38A),
  };

  /** A whirl: strokes circle its centre, and its core shines in the colours of a flame. */
  private record Vortex(double x, double y, double radius, double spin) {}

  /** One pass over the canvas. Sizes are shares of the picture's height. */
  private record Pass(double width, double length, double spacing, double jitter) {}

  private static final Pass[] PASSES = {
    new Pass(.050, .34, .030, .05), new Pass(.026, .24, .017, .08), new Pass(.014, .15, .0115, .11),
  };

  private final int width;
  private final int height;
  private final double aspect;
  private final Random random;
  private final Noise noise;
  private final Vortex[] vortices;

  private Brushwork(int width, int height, long seed) {
    this.width = width;
    this.height = height;
    this.aspect = width / (double) height;
    this.random = new Random(seed);
    this.noise = new Noise(seed);
    this.vortices = scatterVortices();
  }

  /**
   * Draws the picture.
   *
   * @param width in pixels
   * @param height in pixels
   * @param seed chooses the whirls and every stroke
   * @return an opaque RGB picture
   */
  static BufferedImage draw(int width, int height, long seed) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      new Brushwork(width, height, seed).paint(graphics);
    } finally {
      graphics.dispose();
    }
    return picture;
  }

  private void paint(Graphics2D graphics) {
    graphics.setColor(new Color(NIGHT[1].packed()));
    graphics.fillRect(0, 0, width, height);
    for (Pass pass : PASSES) {
      int strokes = (int) (aspect / (pass.spacing * pass.spacing * 2.2));
      for (int stroke = 0; stroke < strokes; stroke++) {
        stroke(graphics, pass, random.nextDouble() * aspect, random.nextDouble());
      }
    }
    for (Vortex vortex : vortices) {
      core(graphics, vortex);
    }
  }

  /** Dabs of the lightest paint where the strokes of a whirl leave its middle open. */
  private void core(Graphics2D graphics, Vortex vortex) {
    Colour lightest = FLAME[FLAME.length - 1];
    for (int dab = 0; dab < 14; dab++) {
      double reach = vortex.radius * .09 * random.nextDouble();
      double angle = 2 * Math.PI * random.nextDouble();
      double size = vortex.radius * (.05 + .07 * random.nextDouble()) * height;
      double x = (vortex.x + reach * Math.cos(angle)) * height;
      double y = (vortex.y + reach * Math.sin(angle)) * height;
      Colour colour = lightest.mix(FLAME[FLAME.length - 2], .5 * random.nextDouble());
      graphics.setColor(new Color(colour.times(.97 + .06 * random.nextDouble()).packed()));
      graphics.fill(new Ellipse2D.Double(x - size, y - size * .7, 2 * size, 1.4 * size));
    }
  }

  /** Places whirls by dart throwing, so that none swallows another. */
  private Vortex[] scatterVortices() {
    Vortex[] placed = new Vortex[7];
    int count = 0;
    for (int dart = 0; dart < 4000 && count < placed.length; dart++) {
      double radius = count < 2 ? .21 : .07 + .07 * random.nextDouble();
      double x = aspect * (.06 + .88 * random.nextDouble());
      double y = .08 + .84 * random.nextDouble();
      boolean free = true;
      for (int other = 0; other < count; other++) {
        Vortex near = placed[other];
        free &= Math.hypot(near.x - x, near.y - y) > near.radius + radius + .04;
      }
      if (free) {
        placed[count++] = new Vortex(x, y, radius, random.nextBoolean() ? 1 : -1);
      }
    }
    return Arrays.copyOf(placed, count);
  }

  /** Walks along the flow from a point and lays the bristles of one stroke beside that path. */
  private void stroke(Graphics2D graphics, Pass pass, double startX, double startY) {
    int steps = 14;
    double[] xs = new double[steps];
    double[] ys = new double[steps];
    double length = pass.length * (.45 + .75 * random.nextDouble());
    double x = startX;
    double y = startY;
    for (int step = 0; step < steps; step++) {
      xs[step] = x;
      ys[step] = y;
      double angle = flowAngle(x, y);
      x += length / steps * Math.cos(angle);
      y += length / steps * Math.sin(angle);
    }
    Colour colour = colourAt(xs[steps / 2], ys[steps / 2], pass.jitter);
    double broad = pass.width * (.7 + .6 * random.nextDouble());
    int bristles = (int) Math.max(3, Math.min(11, broad * height / 1.7));
    for (int bristle = 0; bristle < bristles; bristle++) {
      double across = (bristle + .5) / bristles - .5;
      // Paint heaps up at one edge of a stroke and catches the light there.
      double light = 1 + .30 * across + .13 * random.nextGaussian();
      int first = random.nextInt(3);
      int last = steps - 1 - random.nextInt(4);
      bristle(graphics, xs, ys, first, last, across * broad, broad / bristles, colour.times(light));
    }
  }

  private void bristle(
      Graphics2D graphics,
      double[] xs,
      double[] ys,
      int first,
      int last,
      double offset,
      double thickness,
      Colour colour) {
    Path2D path = new Path2D.Double();
    for (int step = first; step <= last; step++) {
      int next = Math.min(step + 1, xs.length - 1);
      int before = Math.max(step - 1, 0);
      double dx = xs[next] - xs[before];
      double dy = ys[next] - ys[before];
      double norm = Math.max(1e-9, Math.hypot(dx, dy));
      // A brush touches down and lifts off narrower than it runs.
      double spread = Math.min(1, .35 + .25 * Math.min(step, xs.length - 1 - step));
      double px = (xs[step] - dy / norm * offset * spread) * height;
      double py = (ys[step] + dx / norm * offset * spread) * height;
      if (step == first) {
        path.moveTo(px, py);
      } else {
        path.lineTo(px, py);
      }
    }
    graphics.setColor(new Color(colour.packed()));
    float pixels = (float) Math.max(.8, thickness * height * 1.35);
    graphics.setStroke(new BasicStroke(pixels, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.draw(path);
  }

  /** A slow drift everywhere, bent into circles near each whirl. */
  private double flowAngle(double x, double y) {
    double drift = .25 + 1.5 * noise.fractal(x * 1.3, y * 1.3, 2);
    double vx = Math.cos(drift);
    double vy = Math.sin(drift);
    for (Vortex vortex : vortices) {
      double dx = x - vortex.x;
      double dy = y - vortex.y;
      double distance = Math.max(1e-4, Math.hypot(dx, dy));
      double pull = 5 * Math.exp(-Math.pow(distance / vortex.radius, 2) * 1.1);
      vx += pull * (-dy * vortex.spin - .25 * dx) / distance;
      vy += pull * (dx * vortex.spin - .25 * dy) / distance;
    }
    return Math.atan2(vy, vx);
  }

  private Colour colourAt(double x, double y, double jitter) {
    double tone =
        .36 + .75 * noise.fractal(x * 1.9 + 40, y * 1.9, 3) + .16 * Math.sin(y * 9 + x * 2.5);
    Colour colour = Colour.gradient(tone + jitter * random.nextGaussian(), NIGHT);
    for (Vortex vortex : vortices) {
      double distance = Math.hypot(x - vortex.x, y - vortex.y) / vortex.radius;
      // Rings of light around a glowing core.
      double ring = .5 + .5 * Math.cos(distance * 9.5);
      double warmth = 1.12 - distance * .95 + .22 * (ring - .5) + jitter * random.nextGaussian();
      if (distance < 1.25) {
        Colour flame = Colour.gradient(warmth, FLAME);
        colour = colour.mix(flame, Math.pow(Math.max(0, 1.25 - distance), .6) * (.5 + .6 * ring));
      }
    }
    return colour;
  }
}
