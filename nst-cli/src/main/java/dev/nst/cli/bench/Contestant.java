package dev.nst.cli.bench;

/** Work that takes its turn in a {@link Contest}. */
@FunctionalInterface
interface Contestant extends AutoCloseable {

  /**
   * Does the work {@code times} times in a row.
   *
   * @return the seconds that all of it took
   */
  double run(int times);

  /** Gives back what the work needs. */
  @Override
  default void close() {}
}
