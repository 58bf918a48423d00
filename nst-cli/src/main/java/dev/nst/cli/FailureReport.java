package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.shell.UsageException;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns whatever went wrong into one sentence on the error stream and an exit status. */
final class FailureReport implements IExecutionExceptionHandler, IParameterExceptionHandler {

  private final PrintStream err;
  private final BooleanSupplier verbose;

  FailureReport(PrintStream err, BooleanSupplier verbose) {
    this.err = err;
    this.verbose = verbose;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    int status = failed(e, command.getCommandSpec().findOption("--size") != null);
    if (status == ExitCode.USAGE) {
      pointToHelp(command);
    }
    return status;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    err.println("nst: " + e.getMessage());
    pointToHelp(e.getCommandLine());
    return ExitCode.USAGE;
  }

  private void pointToHelp(CommandLine command) {
    err.println("Run '" + command.getCommandSpec().qualifiedName() + " --help' for its options.");
  }

  /**
   * Reports a failure and returns the exit status.
   *
   * @param sized whether the command that failed has an option {@code --size}
   */
  int failed(Throwable e, boolean sized) {
    err.println("nst: " + sentence(e, sized));
    if (verbose.getAsBoolean()) {
      e.printStackTrace(err);
    }
    return e instanceof UsageException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  private static String sentence(Throwable e, boolean sized) {
    if (e instanceof NstException) {
      return e.getMessage();
    }
    if (e instanceof OutOfMemoryError) {
      return "Java ran out of memory (it may use "
          + (Runtime.getRuntime().maxMemory() >> 20)
          + " MiB); "
          + (sized ? "choose a smaller --size, or " : "")
          + "give it more, as in NST_JAVA_OPTS=-Xmx8g.";
    }
    String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
    return "something went wrong that should not"
        + detail
        + "; run the same with --verbose and report what it prints.";
  }
}
