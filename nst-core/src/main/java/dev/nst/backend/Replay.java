package dev.nst.backend;

/** A recorded sequence of kernels that can be run again on the same tensors. */
public interface Replay extends AutoCloseable {

  /** Runs {@code step} once and returns a recording that runs the code itself again. */
  static Replay running(Runnable step) {
    step.run();
    return new Replay() {
      @Override
      public void run() {
        step.run();
      }

      @Override
      public void close() {}
    };
  }

  /** Runs the recorded work once more. */
  void run();

  /** Forgets the recording. */
  @Override
  void close();
}
