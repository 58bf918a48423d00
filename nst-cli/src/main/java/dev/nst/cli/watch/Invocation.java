package dev.nst.cli.watch;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the command line was called.
 *
 * @param version of nst
 * @param arguments as the shell gave them
 */
public record Invocation(String version, List<String> arguments) {

  /** What every shell takes as it is. */
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  /** Copies the arguments. */
  public Invocation {
    arguments = List.copyOf(arguments);
  }

  /** Returns the command that does the same again, quoted for a POSIX shell. */
  public String command() {
    return arguments.stream()
        .map(Invocation::quoted)
        .collect(Collectors.joining(" ", "nst ", ""))
        .strip();
  }

  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
