package dev.nst.cli.preview;

/**
 * Where the preview is served.
 *
 * @param host name or address of a network interface of this machine
 * @param port to listen on, or 0 for any that is free
 */
public record PreviewAddress(String host, int port) {

  /** Reached from this machine alone. */
  public static final String DEFAULT_HOST = "127.0.0.1";

  /** Used by no well-known service. */
  public static final int DEFAULT_PORT = 8645;
}
