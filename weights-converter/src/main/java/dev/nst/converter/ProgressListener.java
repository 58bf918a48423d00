package dev.nst.converter;

/** Hears how far a long piece of work has come. */
@FunctionalInterface
public interface ProgressListener {

  /**
   * Called now and then from the working thread, the last time with {@code done == total}.
   *
   * @param done bytes worked through
   * @param total bytes to work through, the same in every call
   */
  void progress(long done, long total);

  /**
   * A listener that does nothing.
   *
   * @return the listener
   */
  static ProgressListener none() {
    return (done, total) -> {};
  }
}
