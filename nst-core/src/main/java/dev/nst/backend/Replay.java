package dev.nst.backend;

/** A recorded sequence of kernels that can be run again on the same tensors. */
public interface Replay extends AutoCloseable {

  /** Runs the recorded work once more. */
  void run();

  /** Forgets the recording. */
  @Override
  void close();
}
