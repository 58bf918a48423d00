package dev.nst.cli.paint;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.transfer.Losses;
import dev.nst.transfer.Step;
import dev.nst.transfer.StepListener;

/**
 * Passes every iteration on to progress, trace and snapshots. A trace or a snapshot that fails must
 * not cost the picture: the run goes on without it, and the failure is reported at its end.
 */
final class RunListener implements StepListener {

  private final RunProgress progress;
  private final Snapshots snapshots;
  private TraceWriter trace;
  private boolean saving = true;
  private NstException failure;
  private int done;
  private Dimensions size;

  /**
   * Connects them.
   *
   * @param trace where losses are written, or null
   */
  RunListener(RunProgress progress, Snapshots snapshots, TraceWriter trace) {
    this.progress = progress;
    this.snapshots = snapshots;
    this.trace = trace;
  }

  @Override
  public void onStep(Step step) {
    done = step.iteration() + 1;
    size = step.size();
    // Losses are asked for outside of what may fail without ending the run: if they are no longer
    // numbers, it must end.
    if (trace != null) {
      Losses losses = step.losses();
      try {
        trace.write(step.iteration(), losses, step.seconds());
      } catch (NstException e) {
        trace = null;
        remember(e);
      }
    }
    if (saving) {
      if (snapshots.isWaiting()) {
        step.losses();
      }
      save(() -> snapshots.onStep(step));
    }
    progress.onStep(done, step::losses, step.seconds());
  }

  /**
   * Writes what waits to be written, once the run is over and its pictures are known to be good.
   */
  void finish() {
    if (saving) {
      save(snapshots::flush);
    }
  }

  private void save(Runnable action) {
    try {
      action.run();
    } catch (NstException e) {
      saving = false;
      remember(e);
    }
  }

  private void remember(NstException e) {
    if (failure == null) {
      failure = e;
    }
  }

  /** Returns the number of iterations finished. */
  int done() {
    return done;
  }

  /** Returns the size of the picture in the stage of the last iteration, or null before any. */
  Dimensions size() {
    return size;
  }

  /** Returns the first failure to write a trace or a snapshot, or null. */
  NstException failure() {
    return failure;
  }
}
