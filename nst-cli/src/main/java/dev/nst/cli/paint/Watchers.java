package dev.nst.cli.paint;

import dev.nst.NstException;
import dev.nst.cli.preview.Preview;
import dev.nst.cli.report.Report;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.timelapse.Timelapse;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Watcher;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * All who look on while a picture is painted. One that fails in the middle of a run must not cost
 * the picture: the run goes on without it, and its failure is reported at the end.
 */
final class Watchers implements AutoCloseable {

  private final Shell shell;

  /** Everything that is to be closed. */
  private final List<Watcher> all;

  /** Those that did not fail. */
  private final List<Watcher> active;

  private final List<RuntimeException> failures = new ArrayList<>();

  Watchers(Shell shell, List<Watcher> watchers) {
    this.shell = shell;
    all = List.copyOf(watchers);
    active = new ArrayList<>(watchers);
  }

  /**
   * Makes ready what the user asked for. The preview, which needs a port, is served from now on;
   * files are left alone until painting begins.
   *
   * @throws NstException if the preview cannot be served
   */
  static Watchers open(Shell shell, PaintRequest request, InterruptGuard guard) {
    Watching watching = request.watching();
    List<Watcher> watchers = new ArrayList<>();
    if (watching.trace() != null) {
      watchers.add(new TraceWriter(watching.trace()));
    }
    if (watching.saveEvery() > 0) {
      watchers.add(new Snapshots(request.output(), watching.saveEvery()));
    }
    if (watching.report() != null) {
      watchers.add(new Report(watching.report(), watching.invocation(), Clock.systemDefaultZone()));
    }
    if (watching.timelapse() != null) {
      watchers.add(new Timelapse(watching.timelapse()));
    }
    if (watching.preview() != null) {
      watchers.add(0, preview(shell, watching, guard));
    }
    return new Watchers(shell, watchers);
  }

  private static Watcher preview(Shell shell, Watching watching, InterruptGuard guard) {
    Preview preview = Preview.open(watching.preview(), guard::ask);
    shell.out().println("Preview: " + preview.url());
    if (preview.isPublic()) {
      shell.warn(
          "other machines can reach the preview at "
              + watching.preview().host()
              + "; whoever opens it can watch and stop the run.");
    }
    return preview;
  }

  /**
   * Tells them what is going to be painted.
   *
   * @throws NstException if one of them cannot do its work
   */
  void begin(Scene scene) {
    for (Watcher watcher : all) {
      watcher.begin(scene);
    }
  }

  /**
   * Tells them of an iteration.
   *
   * @throws NstException if losses or picture are no longer made of numbers
   */
  void onStep(Moment moment) {
    tell(watcher -> watcher.onStep(moment), moment::isBroken);
  }

  /** Tells them that the picture is written, and the user what else is; they hear no more then. */
  void finish(Outcome outcome) {
    tell(watcher -> watcher.finish(outcome).ifPresent(this::printWritten), () -> false);
    active.clear();
  }

  private void printWritten(Path file) {
    shell.out().println("Wrote " + file + ".");
  }

  /** Tells them that the run failed, and the user what is left of it and what failed before. */
  void abandon() {
    tell(watcher -> watcher.abandon().ifPresent(shell.out()::println), () -> false);
    failures.forEach(failure -> shell.warn(sentence(failure)));
    failures.clear();
  }

  /**
   * Tells all that did not fail.
   *
   * @param runFailed asked after an exception: whether the run failed and not the watcher
   */
  private void tell(Consumer<Watcher> news, BooleanSupplier runFailed) {
    for (Watcher watcher : List.copyOf(active)) {
      try {
        news.accept(watcher);
      } catch (RuntimeException e) {
        if (runFailed.getAsBoolean()) {
          throw e;
        }
        active.remove(watcher);
        failures.add(e);
      }
    }
  }

  /**
   * Throws what went wrong with any of them.
   *
   * @throws NstException if one failed
   */
  void requireNoFailure() {
    if (failures.isEmpty()) {
      return;
    }
    String sentences = failures.stream().map(Watchers::sentence).collect(Collectors.joining(" "));
    NstException together =
        new NstException(sentences + " The picture itself was written.", failures.get(0));
    failures.stream().skip(1).forEach(together::addSuppressed);
    failures.clear();
    throw together;
  }

  private static String sentence(RuntimeException failure) {
    return failure instanceof NstException
        ? failure.getMessage()
        : "Something went wrong that should not while the run was watched ("
            + failure
            + "); report it.";
  }

  @Override
  public void close() {
    for (int i = all.size() - 1; i >= 0; i--) {
      try {
        all.get(i).close();
      } catch (NstException e) {
        shell.warn(e.getMessage());
      }
    }
  }
}
