package dev.nst.cuda.check;

import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times iterations of {@code gatys} with nobody listening, so that the device never waits. A run of
 * n iterations also sets up; the rate is that of the iterations which a long run has more than a
 * short one.
 */
final class SpeedStep {

  private static final int SHORT_RUN = 3;
  private static final int MOST_ITERATIONS = 3000;
  private static final double WANTED_SECONDS = 0.8;

  /** First compute capability for which speeds are wanted: H100 and H200. */
  static final double HOPPER = 9;

  private static final Pattern CAPABILITY = Pattern.compile("compute capability (\\d+\\.\\d+)");

  /** Device memory that a picture of 512x512 may take in 16 bits. */
  private static final long SMALL_DEVICE_BYTES = 1L << 30;

  /** Below this much device memory the large picture is not asked for. */
  private static final double LARGE_DEVICE_BYTES = 70e9;

  private final CheckOptions options;
  private final Backend backend;
  private final Vgg19 vgg;

  private SpeedStep(CheckOptions options, Backend backend, Vgg19 vgg) {
    this.options = options;
    this.backend = backend;
    this.vgg = vgg;
  }

  private interface Work {
    void run(SpeedStep step);
  }

  private static void with(CheckOptions options, Precision precision, Work work) {
    try (Backend backend = Scene.open(options.get("backend"), precision);
        Vgg19 vgg = Scene.network(backend, options)) {
      work.run(new SpeedStep(options, backend, vgg));
    }
  }

  static void run(CheckOptions options, Precision precision, CheckStep.Rows rows) {
    with(
        options,
        precision,
        step -> {
          double peak = step.backend.measurePeak().orElse(Double.NaN);
          for (int edge : options.sizes()) {
            String item = precision.label() + " " + edge + CheckStep.graphNote();
            Row row = step.rate(item, edge, peak);
            rows.add(row);
            if (edge == 512 && precision == Precision.BF16 && row.number("capability") > 0) {
              rows.add(memory(item, row.number("takenBytes")));
            }
          }
        });
  }

  private static Row memory(String item, double taken) {
    return Row.judged(
        "speed",
        item + " memory",
        taken <= SMALL_DEVICE_BYTES,
        Math.round(taken / (1 << 20)) + " MiB taken (wanted: at most 1024)",
        Map.of());
  }

  private Row rate(String item, int edge, double peak) {
    Image content = Scene.content(edge, edge);
    Image style = Scene.style(edge, edge);
    long free = backend.availableBytes();
    // The first run chooses algorithms and compiles; it also tells what memory is taken meanwhile.
    long[] taken = {0};
    long[] planned = {0};
    try (StyleTransfer job = job(content, style, 2)) {
      planned[0] = job.peakBytes();
      job.run(step -> taken[0] = Math.max(taken[0], free - free()));
    }
    int count = iterations(content, style);
    int rounds = options.integer("rounds");
    double setUp = rounds(rounds, content, style, SHORT_RUN)[rounds / 2];
    double[] seconds = rounds(rounds, content, style, SHORT_RUN + count);
    for (int i = 0; i < rounds; i++) {
      seconds[i] = (seconds[i] - setUp) / count;
    }
    double median = seconds[rounds / 2];
    if (median <= 0) {
      String reason = count + " iterations are too few to be told from set-up; ask for more";
      return Row.of("speed", item, Status.SKIPPED, reason);
    }
    double flops = networkFlops(edge, edge) / median;
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("edge", (double) edge);
    numbers.put("iterationsPerSecond", 1 / median);
    numbers.put("milliseconds", 1e3 * median);
    numbers.put("bestMilliseconds", 1e3 * seconds[0]);
    numbers.put("flopsPerSecond", flops);
    numbers.put("peakFlopsPerSecond", peak);
    numbers.put("plannedBytes", (double) planned[0]);
    numbers.put("takenBytes", (double) taken[0]);
    numbers.put("capability", capability());
    String detail =
        String.format(
            Locale.ROOT,
            "%.1f it/s, %.3f ms (best %.3f), %.2f TFLOP/s",
            1 / median,
            1e3 * median,
            1e3 * seconds[0],
            flops / 1e12);
    if (Double.isFinite(peak)) {
      detail +=
          String.format(
              Locale.ROOT,
              ", %.0f %% of this precision's peak of %.1f",
              100 * flops / peak,
              peak / 1e12);
    }
    return Row.judged("speed", item, true, detail, numbers);
  }

  /** Returns the seconds of some equal runs, shortest first. */
  private double[] rounds(int rounds, Image content, Image style, int iterations) {
    double[] seconds = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      seconds[i] = seconds(content, style, iterations);
    }
    Arrays.sort(seconds);
    return seconds;
  }

  /**
   * Returns the device's compute capability, or 0 of what has none: the speeds that are wanted are
   * those of Hopper and later.
   */
  private double capability() {
    Matcher matcher = CAPABILITY.matcher(backend.description());
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  /** Returns what is free with the workspace counted as taken, unlike at the start. */
  private long free() {
    return backend.availableBytes() - backend.workspaceBytes();
  }

  private int iterations(Image content, Image style) {
    int asked = options.integer("iterations");
    if (asked > 0) {
      return asked;
    }
    int probe = 10;
    double brief = seconds(content, style, SHORT_RUN);
    double each = (seconds(content, style, SHORT_RUN + probe) - brief) / probe;
    double wanted = WANTED_SECONDS / Math.max(each, 1e-5);
    return (int) Math.max(probe, Math.min(MOST_ITERATIONS, wanted));
  }

  private StyleTransfer job(Image content, Image style, int iterations) {
    Recipe recipe = Recipe.gatys().withIterations(iterations);
    return StyleTransfer.on(vgg).content(content).style(style).recipe(recipe).build();
  }

  private double seconds(Image content, Image style, int iterations) {
    try (StyleTransfer job = job(content, style, iterations)) {
      long start = System.nanoTime();
      job.run();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  /** A whole run as a user sees it, without the start of the JVM. */
  static void full(CheckOptions options, Precision precision, CheckStep.Rows rows) {
    int edge = options.comparedSize();
    int count = options.integer("full-iterations");
    long start = System.nanoTime();
    with(
        options,
        precision,
        step -> {
          step.seconds(Scene.content(edge, edge), Scene.style(edge, edge), count);
          double cold = (System.nanoTime() - start) / 1e9;
          double warm = step.seconds(Scene.content(edge, edge), Scene.style(edge, edge), count);
          boolean counts = edge == 512 && count == 5000 && step.capability() >= HOPPER;
          boolean good = !counts || warm < 15;
          rows.add(
              Row.judged(
                  "full",
                  precision.label() + " " + edge,
                  good,
                  String.format(
                      Locale.ROOT,
                      "%d iterations in %.2f s, the first time %.2f s with all set-up%s",
                      count,
                      warm,
                      cold,
                      counts ? " (wanted: under 15 s)" : ""),
                  Map.of("iterations", (double) count, "warmSeconds", warm, "coldSeconds", cold)));
        });
  }

  /** A picture of twelve million pixels, if the device is large. */
  static void large(CheckOptions options, Precision precision, CheckStep.Rows rows) {
    String[] size = options.get("large").split("x");
    int width = Integer.parseInt(size[0]);
    int height = Integer.parseInt(size[1]);
    String item = precision.label() + " " + options.get("large");
    with(
        options,
        precision,
        step -> {
          long free = step.backend.availableBytes();
          if (free < LARGE_DEVICE_BYTES && width * height > 1 << 20) {
            rows.add(
                Row.of("large", item, Status.SKIPPED, "the device has only " + free / 1e9 + " GB"));
            return;
          }
          Image content = Scene.content(width, height);
          Image style = Scene.style(width, height);
          long[] taken = {0};
          double[] ends = new double[4];
          try (StyleTransfer job = step.job(content, style, ends.length)) {
            job.run(
                done -> {
                  ends[done.iteration()] = done.seconds();
                  taken[0] = Math.max(taken[0], free - step.free());
                });
            double each = (ends[ends.length - 1] - ends[0]) / (ends.length - 1);
            rows.add(
                Row.judged(
                    "large",
                    item,
                    true,
                    String.format(
                        Locale.ROOT,
                        "%.3f s an iteration, %.1f GB planned, %.1f GB taken",
                        each,
                        job.peakBytes() / 1e9,
                        taken[0] / 1e9),
                    Map.of(
                        "seconds",
                        each,
                        "plannedBytes",
                        (double) job.peakBytes(),
                        "takenBytes",
                        (double) taken[0],
                        "flopsPerSecond",
                        networkFlops(width, height) / each)));
          }
        });
  }

  /** Forward and backward of the convolutions down to conv5_2 by the direct method. */
  private static double networkFlops(int width, int height) {
    double flops = 0;
    for (Vgg19Layer layer : Vgg19Layer.values()) {
      if (layer.compareTo(Vgg19Layer.CONV5_2) <= 0) {
        int block = layer.id().charAt("conv".length()) - '1';
        double area = (double) (width >> block) * (height >> block);
        flops += 2 * 2 * 9 * area * layer.inChannels() * layer.outChannels();
      }
    }
    return flops;
  }
}
