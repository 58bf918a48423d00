package dev.nst.cli.paint;

import dev.nst.cli.watch.Moment;
import dev.nst.image.Dimensions;
import dev.nst.transfer.Step;
import dev.nst.transfer.StepListener;

/** Passes every iteration on to those who watch and to the terminal. */
final class RunListener implements StepListener {

  private final RunProgress progress;
  private final Watchers watchers;
  private int done;
  private Dimensions size;

  RunListener(RunProgress progress, Watchers watchers) {
    this.progress = progress;
    this.watchers = watchers;
  }

  @Override
  public void onStep(Step step) {
    Moment moment = Moment.of(step);
    done = moment.done();
    size = step.size();
    watchers.onStep(moment);
    progress.onStep(done, moment::losses, moment.seconds());
  }

  /** Returns the number of iterations finished. */
  int done() {
    return done;
  }

  /** Returns the size of the picture in the stage of the last iteration, or null before any. */
  Dimensions size() {
    return size;
  }
}
