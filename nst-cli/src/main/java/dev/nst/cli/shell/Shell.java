package dev.nst.cli.shell;

import java.io.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the command line knows of the shell that started it. Commands take it as an argument instead
 * of reaching for {@link System}, so that a test can be the shell.
 *
 * @param out where results and progress go
 * @param err where warnings and errors go
 * @param environment the environment variables
 * @param home the user's home directory
 * @param osName the name of the operating system as {@code os.name} has it
 * @param interactive whether a person watches {@code out} on a terminal that can redraw a line
 */
public record Shell(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Path home,
    String osName,
    boolean interactive) {

  /** Returns the shell of this process. */
  public static Shell ofThisProcess() {
    return new Shell(
        System.out,
        System.err,
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        System.getProperty("os.name"),
        hasTerminal());
  }

  /** Returns this shell with nobody listening to {@link #out}; errors are still heard. */
  public Shell quiet() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return new Shell(nowhere, err, environment, home, osName, false);
  }

  /** Returns an environment variable; one that is empty counts as not set, and is null too. */
  public String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  /** Prints a warning, which always begins with the same word and stands on its own line. */
  public void warn(String sentence) {
    err.println("Warning: " + sentence);
  }

  /**
   * A console exists on a terminal only, up to Java 21; from 22 on it may exist anywhere and has a
   * method {@code isTerminal}, which Java 17 does not know and which is therefore called by
   * reflection.
   */
  private static boolean hasTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
