package dev.nst.cli.weights;

import dev.nst.NstException;

/** The network or the server did not give the file; another run, or another way to it, may. */
final class DownloadException extends NstException {

  private static final long serialVersionUID = 1L;

  DownloadException(String message) {
    super(message);
  }

  DownloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
