package dev.nst.cli.bench;

import dev.nst.cli.bench.KernelTimes.Kernel;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints what was measured for a person, at most 80 characters a line. */
public final class Tables {

  private static final String NUMBERS = "%-16s %9s %9s %8s %8s %7s %8s %8s%n";
  private static final String FLOORS = "%-24s %9s %8s %8s %8s  %-8s %7s%n";

  private static final String UNKNOWN = "-";

  /** Below this a kernel takes what its call takes, and its share of that says nothing. */
  private static final double LEAST_FLOOR = 1e-6;

  private final PrintStream out;

  /** Prints on {@code out}. */
  public Tables(PrintStream out) {
    this.out = out;
  }

  /** Prints who is measured, and the ceilings of each. */
  public void entrants(List<Entrant> entrants) {
    out.println("Java " + Runtime.version());
    for (Entrant entrant : entrants) {
      out.println(entrant.label() + ": " + entrant.backend().description());
      out.println(
          "  peak "
              + number(entrant.machine().peak() / 1e9, 0)
              + " GFLOP/s, memory "
              + number(entrant.machine().bandwidth() / 1e9, 1)
              + " GB/s");
    }
  }

  /** Prints a table of one kind of work, a row for each entrant. */
  public void measurements(List<Measurement> measurements) {
    out.println();
    out.printf(
        NUMBERS,
        measurements.get(0).what(),
        "median ms",
        "best ms",
        "per s",
        "GFLOP/s",
        "of peak",
        "plan MiB",
        "heap MiB");
    for (Measurement m : measurements) {
      out.printf(
          NUMBERS,
          m.entrant().label(),
          milliseconds(m.timing().median()),
          milliseconds(m.timing().best()),
          number(m.perSecond(), 2),
          number(m.operationsPerSecond() / 1e9, 0),
          percent(m.shareOfPeak()),
          m.plannedBytes() >> 20,
          m.heapBytes() >> 20);
    }
  }

  /** Prints a table of kernels for each entrant; the last line is the whole iteration. */
  public void layers(List<LayerTimes> layers) {
    for (LayerTimes times : layers) {
      Roofline machine = times.entrant().machine();
      String title = times.entrant().label() + ", " + times.edge() + "x" + times.edge();
      out.println();
      out.printf(FLOORS, title, "", "direct", "F(4x4)", "memory", "", "median/");
      out.printf(FLOORS, "", "median ms", "ms", "ms", "ms", "bound by", "floor");
      for (Kernel kernel : times.kernels()) {
        Work work = kernel.work();
        row(
            kernel.name(),
            machine,
            work,
            kernel.seconds(),
            machine.binds(work),
            machine.floorSeconds(work));
      }
      Work work = times.work();
      row("all kernels", machine, work, times.kernelSeconds(), "", times.floorSeconds());
      row("whole iteration", machine, work, times.seconds(), "", times.floorSeconds());
      out.println(
          "F(4x4)'s multiplications alone: "
              + percent(times.winogradShare())
              + " of the iteration's time");
    }
  }

  private void row(
      String name, Roofline machine, Work work, double seconds, String binds, double floor) {
    out.printf(
        FLOORS,
        name,
        milliseconds(seconds),
        milliseconds(machine.directSeconds(work)),
        milliseconds(machine.winogradSeconds(work)),
        milliseconds(machine.memorySeconds(work)),
        binds,
        floor < LEAST_FLOOR ? UNKNOWN : number(seconds / floor, 2));
  }

  private static String milliseconds(double seconds) {
    return number(1e3 * seconds, seconds < 0.0995 ? 2 : 1);
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? number(100 * share, 0) + "%" : UNKNOWN;
  }

  private static String number(double value, int decimals) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%." + decimals + "f", value)
        : UNKNOWN;
  }
}
