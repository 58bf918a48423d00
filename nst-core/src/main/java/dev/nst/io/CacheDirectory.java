package dev.nst.io;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where nst keeps what it can make again: a directory for each purpose below one that the system's
 * users expect. Only paths are computed here; whoever writes creates the directory.
 */
public final class CacheDirectory {

  /** Name of the environment variable that chooses the directory above all purposes. */
  public static final String VARIABLE = "NST_CACHE";

  private CacheDirectory() {}

  /**
   * Returns the directory for a purpose, which need not exist: below {@code NST_CACHE}, else on
   * Windows {@code %LOCALAPPDATA%\nst}, on macOS {@code ~/Library/Caches/nst}, elsewhere {@code
   * $XDG_CACHE_HOME/nst} or {@code ~/.cache/nst}.
   *
   * @param purpose name of the directory: {@code weights}, {@code cuda-kernels}
   */
  public static Path of(String purpose) {
    return of(
        purpose,
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        System.getProperty("os.name"));
  }

  /**
   * Returns the directory for a purpose as another process would find it.
   *
   * @param purpose name of the directory
   * @param environment variables; one that is blank counts as not set
   * @param home the user's home directory
   * @param osName the name of the operating system as {@code os.name} has it
   */
  public static Path of(String purpose, Map<String, String> environment, Path home, String osName) {
    return root(environment, home, osName.toLowerCase(Locale.ROOT)).resolve(purpose);
  }

  private static Path root(Map<String, String> environment, Path home, String system) {
    String chosen = variable(environment, VARIABLE);
    if (chosen != null) {
      return Path.of(chosen);
    }
    if (system.contains("windows")) {
      String local = variable(environment, "LOCALAPPDATA");
      Path base = local == null ? home.resolve("AppData").resolve("Local") : Path.of(local);
      return base.resolve("nst");
    }
    if (system.contains("mac")) {
      return home.resolve("Library").resolve("Caches").resolve("nst");
    }
    String xdg = variable(environment, "XDG_CACHE_HOME");
    // The XDG base directory specification says that a relative path is to be ignored.
    Path base = xdg != null && Path.of(xdg).isAbsolute() ? Path.of(xdg) : home.resolve(".cache");
    return base.resolve("nst");
  }

  private static String variable(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }
}
