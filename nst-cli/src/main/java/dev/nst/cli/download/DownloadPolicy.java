package dev.nst.cli.download;

import java.time.Duration;

/**
 * How patient a download is.
 *
 * @param connect longest wait for a connection
 * @param stall longest silence of a server that is connected
 * @param attempts tries in a row that bring no byte before a server that can be reached is given up
 * @param pause wait before a further try
 * @param largest most bytes that a file may have; more is not received
 */
public record DownloadPolicy(
    Duration connect, Duration stall, int attempts, Duration pause, long largest) {

  /** Seven times what the checkpoint of VGG-19 has. */
  private static final long LARGEST = 4L << 30;

  /** Gives up soon where there is no network, and late on one that is merely bad. */
  public static DownloadPolicy standard() {
    return new DownloadPolicy(
        Duration.ofSeconds(10), Duration.ofSeconds(60), 5, Duration.ofSeconds(2), LARGEST);
  }
}
