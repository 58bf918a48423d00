package dev.nst.cli;

import dev.nst.cli.shell.Shell;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every painting command lets the user say about the run itself. */
final class RunOptions {

  @Mixin private ComputeOptions compute;

  @Option(names = "--quiet", description = "Print nothing but warnings and errors.")
  private boolean quiet;

  /** Returns where and how to compute. */
  ComputeOptions compute() {
    return compute;
  }

  /** Returns the shell as the user wants to hear it. */
  Shell heard(Shell shell) {
    return quiet ? shell.quiet() : shell;
  }
}
