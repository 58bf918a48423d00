package dev.nst.cli;

import dev.nst.cli.paint.InterruptGuard;
import dev.nst.cli.shell.Shell;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Starts the {@code nst} command. */
public final class Main {

  private Main() {}

  /**
   * Runs the command line and exits with its status.
   *
   * @param args the arguments as the shell gave them
   */
  public static void main(String[] args) {
    System.exit(run(Shell.ofThisProcess(), args));
  }

  /**
   * Runs the command line.
   *
   * @return the exit status: 0, 1 for a failure, 2 for bad usage, 130 for a run that was
   *     interrupted
   */
  static int run(Shell shell, String... args) {
    // Closed when the last message is out: after Ctrl-C the JVM ends then.
    try (InterruptGuard guard = new InterruptGuard()) {
      return run(shell, guard, args);
    }
  }

  private static int run(Shell shell, InterruptGuard guard, String... args) {
    NstCommand nst = new NstCommand();
    CommandLine commandLine =
        new CommandLine(nst)
            .addSubcommand(new StylizeCommand(shell, guard))
            .addSubcommand(new ReconstructCommand(shell, guard))
            .addSubcommand(new DemoCommand(shell, guard))
            .addSubcommand(
                new CommandLine(new RecipesCommand(shell))
                    .addSubcommand(new RecipesShowCommand(shell)))
            .addSubcommand(new EvaluateCommand(shell))
            .addSubcommand(new SheetCommand(shell))
            .addSubcommand(new DevicesCommand(shell))
            .addSubcommand(new BenchCommand(shell))
            .addSubcommand(
                new CommandLine(new CudaCommand()).addSubcommand(new CudaFetchCommand(shell)))
            .addSubcommand(
                new CommandLine(new WeightsCommand())
                    .addSubcommand(new WeightsConvertCommand(shell))
                    .addSubcommand(new WeightsInfoCommand(shell)))
            .setOut(new PrintWriter(shell.out(), true))
            .setErr(new PrintWriter(shell.err(), true));
    FailureReport report = new FailureReport(shell.err(), nst::verbose);
    commandLine.setExecutionExceptionHandler(report);
    commandLine.setParameterExceptionHandler(report);
    commandLine.setExecutionStrategy(
        parsed -> {
          if (nst.verbose()) {
            Logs.showEverything();
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    try {
      return commandLine.execute(args);
    } catch (Throwable e) {
      // picocli hands on exceptions only; an OutOfMemoryError arrives here.
      return report.failed(e, hasSize(commandLine));
    }
  }

  /** Returns whether the command that ran has pictures whose size the user can choose. */
  private static boolean hasSize(CommandLine commandLine) {
    CommandLine.ParseResult parsed = commandLine.getParseResult();
    while (parsed != null && parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    return parsed != null && parsed.commandSpec().findOption("--size") != null;
  }
}
