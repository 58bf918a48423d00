package dev.nst.cli.watch;

import dev.nst.cli.watch.LossHistory.Point;
import dev.nst.transfer.Losses;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws losses against iterations as SVG, the losses on a logarithmic scale. Colours are the style
 * sheet's: {@code pages.css} gives each class of {@link Curve} its own.
 */
public final class LossChart {

  /** The losses that are drawn, the most important last, on top of the others. */
  public enum Curve {
    /** Total variation. */
    TV("smoothness", Losses::tv),
    /** Content loss. */
    CONTENT("content", Losses::content),
    /** Style loss. */
    STYLE("style", Losses::style),
    /** The sum of the others. */
    TOTAL("total", Losses::total);

    private final String label;
    private final ToDoubleFunction<Losses> value;

    Curve(String label, ToDoubleFunction<Losses> value) {
      this.label = label;
      this.value = value;
    }

    /** Returns this part of {@code losses}. */
    public double of(Losses losses) {
      return value.applyAsDouble(losses);
    }

    /** Returns its name for people. */
    public String label() {
      return label;
    }

    /** Returns its class in the style sheet. */
    public String styleClass() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int WIDTH = 760;
  private static final int HEIGHT = 340;
  private static final int LEFT = 68;
  private static final int RIGHT = WIDTH - 16;
  private static final int TOP = 14;
  private static final int BOTTOM = HEIGHT - 38;

  private final List<Point> points;
  private final LogScale scale;
  private final int lastStep;
  private final StringBuilder svg = new StringBuilder();

  private LossChart(List<Point> points) {
    this.points = points;
    scale = LogScale.of(points);
    lastStep = points.isEmpty() ? 1 : Math.max(1, points.get(points.size() - 1).steps());
  }

  /** Returns the chart as an {@code <svg>} element; of no points, empty axes. */
  public static String svg(List<Point> points) {
    return new LossChart(points).draw();
  }

  private String draw() {
    svg.append("<svg class=\"chart\" viewBox=\"0 0 ")
        .append(WIDTH)
        .append(' ')
        .append(HEIGHT)
        .append("\" role=\"img\" aria-label=\"Losses by iteration, on a logarithmic scale\">\n");
    for (double tick : scale.ticks()) {
      int y = (int) Math.round(y(tick));
      line(LEFT, y, RIGHT, y);
      text("end", LEFT - 8, y + 4, scale.label(tick));
    }
    for (int tick : stepTicks(lastStep)) {
      int x = (int) Math.round(x(tick));
      line(x, BOTTOM, x, BOTTOM + 5);
      text("middle", x, BOTTOM + 24, Integer.toString(tick));
    }
    for (Curve curve : Curve.values()) {
      draw(curve);
    }
    return svg.append("</svg>").toString();
  }

  /** Draws what of a curve is on the scale: a loss may be 0, which has no logarithm. */
  private void draw(Curve curve) {
    svg.append("<path class=\"curve ").append(curve.styleClass()).append("\" d=\"");
    char command = 'M';
    for (Point point : points) {
      double value = curve.of(point.losses());
      if (scale.shows(value)) {
        svg.append(command).append(tenth(x(point.steps()))).append(' ').append(tenth(y(value)));
        command = 'L';
      } else {
        command = 'M';
      }
    }
    svg.append("\"/>\n");
  }

  private double x(int steps) {
    return LEFT + (RIGHT - LEFT) * (double) steps / lastStep;
  }

  private double y(double value) {
    return BOTTOM - (BOTTOM - TOP) * scale.position(value);
  }

  private static double tenth(double pixels) {
    return Math.round(10 * pixels) / 10.0;
  }

  private void line(int x1, int y1, int x2, int y2) {
    svg.append("<path class=\"grid\" d=\"M%d %dL%d %d\"/>%n".formatted(x1, y1, x2, y2));
  }

  private void text(String anchor, int x, int y, String text) {
    svg.append(
        "<text text-anchor=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(anchor, x, y, text));
  }

  /** Returns up to eight round numbers from 0 to {@code last}. */
  private static List<Integer> stepTicks(int last) {
    int each = (int) Math.max(1, Math.ceil(LogScale.roundUp(last / 7.0)));
    return java.util.stream.IntStream.rangeClosed(0, last / each)
        .map(i -> i * each)
        .boxed()
        .toList();
  }
}
