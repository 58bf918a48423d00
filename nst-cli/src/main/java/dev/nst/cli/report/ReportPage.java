package dev.nst.cli.report;

import dev.nst.cli.watch.Html;
import dev.nst.cli.watch.Invocation;
import dev.nst.cli.watch.Jpeg;
import dev.nst.cli.watch.LossChart;
import dev.nst.cli.watch.LossChart.Curve;
import dev.nst.cli.watch.LossHistory.Point;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Readable;
import dev.nst.cli.watch.Scene;
import dev.nst.image.Image;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The report as HTML that needs nothing but itself: pictures are data URIs, curves are SVG, and
 * there is no script.
 */
final class ReportPage {

  /** The longer edge of a picture: the report shows it, the file beside it is the result. */
  private static final int LONGEST = 1280;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm z", Locale.ENGLISH);

  private ReportPage() {}

  static String of(
      Scene scene,
      Outcome outcome,
      List<Point> points,
      Timings timings,
      Invocation invocation,
      ZonedDateTime called) {
    String output = String.valueOf(outcome.output().getFileName());
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        %s
        %s
        </style>
        </head>
        <body>
        <header>
        <h1>%s</h1>
        <p class="faint">%s</p>
        </header>
        <main>
        <section class="pictures">
        %s
        %s
        %s
        </section>
        <section class="card figures">
        %s
        </section>
        <section class="card losses">
        <h2>Losses by iteration</h2>
        %s
        %s
        </section>
        <section class="card settings">
        <h2>Settings</h2>
        %s
        </section>
        <section class="card">
        <h2>Computed on</h2>
        %s
        </section>
        <section class="card command">
        <h2>To do the same again</h2>
        <pre>%s</pre>
        </section>
        </main>
        <footer>Written by nst %s.</footer>
        </body>
        </html>
        """
        .formatted(
            Html.escape(scene.title()),
            Html.styleSheet(),
            Html.resource(ReportPage.class, "report.css"),
            Html.escape(scene.title()),
            Html.escape(DATE.format(called)),
            figure(
                scene.styles().isEmpty() ? "Picture" : "Photograph",
                scene.content().name(),
                scene.content().picture()),
            scene.styles().stream()
                .map(style -> figure("Painting", style.name(), style.picture()))
                .collect(Collectors.joining()),
            figure("Result", output, outcome.picture()),
            figures(scene, outcome, timings),
            LossChart.svg(points),
            legend(points),
            Html.list(scene.settings()),
            Html.list(scene.machine()),
            Html.escape(invocation.command()),
            Html.escape(invocation.version()));
  }

  /** Figures in a row are equally high when each grows as its picture is wide. */
  private static String figure(String role, String name, Image picture) {
    return """
        <figure style="flex-grow: %s"><img alt="%s" src="data:image/jpeg;base64,%s">
        <figcaption><b>%s</b> %s, %s</figcaption></figure>"""
        .formatted(
            String.format(Locale.ROOT, "%.4f", picture.width() / (double) picture.height()),
            role,
            Base64.getEncoder().encodeToString(Jpeg.encode(picture, LONGEST)),
            role,
            Html.escape(name),
            picture.dimensions());
  }

  private static String figures(Scene scene, Outcome outcome, Timings timings) {
    String iterations =
        outcome.early() ? outcome.done() + " of " + scene.iterations() : "" + outcome.done();
    return number(iterations, outcome.early() ? "iterations, then stopped" : "iterations")
        + number(
            Double.isFinite(timings.perSecond())
                ? String.format(Locale.ROOT, "%.2f", timings.perSecond())
                : "–",
            "iterations a second")
        + number(seconds(timings.setUp()), "to set up")
        + number(seconds(timings.first()), "first iteration")
        + number(seconds(timings.painting()), "painting")
        + number(seconds(timings.total()), "in all");
  }

  private static String number(String value, String what) {
    return "<div><b>%s</b><span>%s</span></div>%n".formatted(value, what);
  }

  private static String seconds(double seconds) {
    return seconds < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : Readable.duration(seconds) + (seconds < 3600 ? " min" : " h");
  }

  private static String legend(List<Point> points) {
    StringBuilder html = new StringBuilder("<ul class=\"legend\">\n");
    Curve[] curves = Curve.values();
    for (int i = curves.length - 1; i >= 0 && !points.isEmpty(); i--) {
      double first = curves[i].of(points.get(0).losses());
      double last = curves[i].of(points.get(points.size() - 1).losses());
      html.append(
          "<li class=\"%s\">%s %s → %s</li>%n"
              .formatted(
                  curves[i].styleClass(),
                  curves[i].label(),
                  Readable.number(first, 4),
                  Readable.number(last, 4)));
    }
    return html.append("</ul>").toString();
  }
}
