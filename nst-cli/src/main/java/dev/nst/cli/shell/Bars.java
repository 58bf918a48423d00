package dev.nst.cli.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The look that all progress bars share. */
public final class Bars {

  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 20;

  private Bars() {}

  /**
   * Starts a bar on the shell's output.
   *
   * <p>The width is found here and not by the library, which would open a JLine terminal for it;
   * that puts its own handler on Ctrl-C, and the JVM would end without running its shutdown hooks.
   */
  public static ProgressBar on(Shell shell, ProgressBarBuilder builder) {
    // A character in the last column would make some terminals go to the next line.
    int length = columns(shell) - 1;
    return builder
        .setConsumer(new ConsoleProgressBarConsumer(shell.out(), length))
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .build();
  }

  private static int columns(Shell shell) {
    String variable = shell.variable("COLUMNS");
    int columns = number(variable == null ? sizeFromTerminal(shell) : variable);
    return columns < FEWEST_COLUMNS ? USUAL_COLUMNS : columns;
  }

  /** Asks {@code stty}, which every Unix has and which looks at the terminal on its input. */
  private static String sizeFromTerminal(Shell shell) {
    if (shell.osName().toLowerCase(Locale.ROOT).contains("windows")) {
      return "";
    }
    ProcessBuilder stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try (BufferedReader answer = stty.start().inputReader()) {
      String rowsAndColumns = answer.readLine();
      return rowsAndColumns == null ? "" : rowsAndColumns.replaceFirst("^\\d+ ", "");
    } catch (IOException e) {
      return "";
    }
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
