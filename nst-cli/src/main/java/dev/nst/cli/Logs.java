package dev.nst.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of the libraries, which {@code logback.xml} sends to the error stream from WARN upwards.
 */
final class Logs {

  private Logs() {}

  /** Lowers the threshold to DEBUG. */
  static void showEverything() {
    if (LoggerFactory.getLogger("dev.nst") instanceof Logger logger) {
      logger.setLevel(Level.DEBUG);
    }
  }
}
