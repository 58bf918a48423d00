package dev.nst.transfer;

/** Hears of every iteration, on the thread that runs the transfer. */
@FunctionalInterface
public interface StepListener {

  /** Is called after each iteration. An exception ends the run. */
  void onStep(Step step);
}
