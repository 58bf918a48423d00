package dev.nst.cli;

import dev.nst.backend.Backends;
import dev.nst.cli.shell.Shell;
import picocli.CommandLine.Option;

/** What every painting command lets the user say about the run itself. */
final class RunOptions {

  @Option(
      names = "--backend",
      paramLabel = "auto|cpu|cpu-vector|cuda",
      defaultValue = Backends.AUTO,
      converter = Values.BackendName.class,
      description = "What to compute on; see 'nst devices' (default: auto, the fastest).")
  private String backend;

  @Option(names = "--quiet", description = "Print nothing but warnings and errors.")
  private boolean quiet;

  /** Returns a backend's name or {@code auto}. */
  String backend() {
    return backend;
  }

  /** Returns the shell as the user wants to hear it. */
  Shell heard(Shell shell) {
    return quiet ? shell.quiet() : shell;
  }
}
