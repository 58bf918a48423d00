package dev.nst.cli.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Random;

/**
 * Plants firs along the far shore and, larger and darker, on a bank at both sides of the picture.
 */
final class Trees {

  private static final Colour DARK = Colour.of(0x0D2420);
  private static final Colour NEEDLES = Colour.of(0x24503A);
  private static final Colour GLINT = Colour.of(0xB98B4A);

  private final Graphics2D graphics;
  private final Random random;
  private final int width;
  private final int height;

  private Trees(Graphics2D graphics, int width, int height, long seed) {
    this.graphics = graphics;
    this.random = new Random(seed);
    this.width = width;
    this.height = height;
  }

  static void plant(BufferedImage picture, double shore, long seed) {
    Graphics2D graphics = picture.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      Trees trees = new Trees(graphics, picture.getWidth(), picture.getHeight(), seed);
      trees.farShore(shore);
      trees.bank();
    } finally {
      graphics.dispose();
    }
  }

  private void farShore(double shore) {
    double ground = shore * height;
    for (double x = 0; x < width; x += height * (.006 + .012 * random.nextDouble())) {
      double wood = new Noise(7).at(x / height * 3.1, 1.5);
      if (wood > -.12) {
        double tall = height * (.018 + .035 * random.nextDouble() * (.6 + wood));
        fir(x, ground + height * .004, tall, .45 + .2 * random.nextDouble());
      }
    }
  }

  private void bank() {
    Noise noise = new Noise(random.nextLong());
    Path2D ground = new Path2D.Double();
    ground.moveTo(0, height);
    for (int x = 0; x <= width; x += 2) {
      ground.lineTo(x, bankAt(noise, x));
    }
    ground.lineTo(width, height);
    ground.closePath();
    graphics.setColor(new Color(DARK.mix(NEEDLES, .25).packed()));
    graphics.fill(ground);
    grass(noise);
    double[] places = {.03, .085, .135, .20, .885, .94, .985};
    double[] heights = {.62, .46, .35, .20, .30, .50, .40};
    for (int tree = 0; tree < places.length; tree++) {
      double x = width * (places[tree] + .012 * random.nextGaussian());
      fir(x, bankAt(noise, x) + .012 * height, height * heights[tree], .15);
    }
  }

  /** The bank lies low in the middle, where the lake reaches the edge of the picture. */
  private double bankAt(Noise noise, double x) {
    double place = x / width;
    double side = Math.abs(place - .55) * 2;
    double rise = .03 + .13 * Math.pow(side, 2.2) + .018 * noise.fractal(x / height * 5, 2.5, 4);
    return height * (1 - rise);
  }

  private void grass(Noise noise) {
    graphics.setStroke(new BasicStroke(height * .0022f, BasicStroke.CAP_ROUND, 0));
    for (int blade = 0; blade < width * 3; blade++) {
      double x = random.nextDouble() * width;
      double y = bankAt(noise, x) + height * .15 * Math.pow(random.nextDouble(), 2.5);
      double tall = height * (.008 + .016 * random.nextDouble());
      double lean = tall * .6 * random.nextGaussian();
      Colour colour = DARK.mix(NEEDLES, random.nextDouble()).mix(GLINT, random.nextDouble() * .45);
      graphics.setColor(new Color(colour.packed()));
      graphics.draw(new Line2D.Double(x, y + 2, x + lean, y - tall));
    }
  }

  /**
   * Draws one fir.
   *
   * @param light share of needle green in its colour, 0..1
   */
  private void fir(double x, double ground, double tall, double light) {
    Colour body = DARK.mix(NEEDLES, light);
    graphics.setColor(new Color(DARK.packed()));
    graphics.setStroke(new BasicStroke((float) (tall * .022), BasicStroke.CAP_BUTT, 0));
    graphics.draw(new Line2D.Double(x, ground, x, ground - tall * .9));
    int tiers = (int) Math.max(5, Math.min(26, tall / 9));
    for (int tier = 0; tier < tiers; tier++) {
      double share = tier / (double) tiers;
      double y = ground - tall * (.10 + .86 * share);
      double reach = tall * .20 * Math.pow(1 - share, .8) * (.8 + .35 * random.nextDouble());
      double drop = tall * (.035 + .05 * (1 - share));
      branch(x, y, -reach, drop, tall, body);
      branch(x, y, reach, drop, tall, body.mix(GLINT, .18));
    }
    graphics.setColor(new Color(body.packed()));
    graphics.setStroke(new BasicStroke((float) (tall * .012), BasicStroke.CAP_ROUND, 0));
    graphics.draw(new Line2D.Double(x, ground - tall * .85, x, ground - tall));
  }

  private void branch(double x, double y, double reach, double drop, double tall, Colour colour) {
    Path2D needles = new Path2D.Double();
    needles.moveTo(x, y - drop);
    needles.quadTo(x + reach * .4, y, x + reach, y + drop * .8);
    int tufts = 4;
    for (int tuft = 1; tuft <= tufts; tuft++) {
      double back = 1 - tuft / (double) tufts;
      double hang = tall * .012 * (1 + random.nextDouble());
      needles.lineTo(x + reach * (back + .1), y + drop * (.25 + .45 * back));
      needles.lineTo(x + reach * back, y + drop * (.35 + .45 * back) + hang);
    }
    needles.closePath();
    double shade = .75 + .5 * random.nextDouble();
    graphics.setColor(new Color(colour.times(shade).packed()));
    graphics.fill(needles);
  }
}
