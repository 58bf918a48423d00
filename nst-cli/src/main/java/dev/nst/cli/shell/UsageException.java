package dev.nst.cli.shell;

import dev.nst.NstException;

/** A command line that contradicts itself; the exit status is 2 instead of 1. */
public final class UsageException extends NstException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports bad usage.
   *
   * @param message one sentence with its remedy
   */
  public UsageException(String message) {
    super(message);
  }
}
