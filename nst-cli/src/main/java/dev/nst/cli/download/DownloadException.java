package dev.nst.cli.download;

import dev.nst.NstException;

/** The network or the server did not give the file; another run, or another way to it, may. */
public final class DownloadException extends NstException {

  private static final long serialVersionUID = 1L;

  /**
   * Reports a failure.
   *
   * @param message one sentence
   */
  public DownloadException(String message) {
    super(message);
  }

  /**
   * Reports a failure.
   *
   * @param message one sentence
   * @param cause what the network said
   */
  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
