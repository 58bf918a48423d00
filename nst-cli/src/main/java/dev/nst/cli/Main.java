package dev.nst.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code nst} command. */
@Command(
    name = "nst",
    description = "Paints one picture in the style of another.",
    mixinStandardHelpOptions = true,
    version = "nst 0.1.0-SNAPSHOT")
public final class Main implements Runnable {
  private Main() {}

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /**
   * Runs the command line and exits with its status.
   *
   * @param args the arguments as the shell gave them
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
