package dev.nst.backend;

import dev.nst.NstException;

/**
 * A backend's device or library failed, as opposed to a request that the backend refuses. An
 * automatic choice that meets it when opening a backend takes the next one; a run that meets it
 * ends.
 */
public class BackendFailure extends NstException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates a failure.
   *
   * @param message one sentence: what failed and what to do about it
   */
  public BackendFailure(String message) {
    super(message);
  }

  /**
   * Creates a failure with a cause.
   *
   * @param message one sentence: what failed and what to do about it
   * @param cause what was noticed
   */
  public BackendFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
