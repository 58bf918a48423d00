package dev.nst.cli.shell;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The look that all progress bars share. */
public final class Bars {

  private Bars() {}

  /** Starts a bar on the shell's output. */
  public static ProgressBar on(Shell shell, ProgressBarBuilder builder) {
    return builder
        .setConsumer(new ConsoleProgressBarConsumer(shell.out()))
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .build();
  }
}
