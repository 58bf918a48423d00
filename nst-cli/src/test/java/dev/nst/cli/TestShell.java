package dev.nst.cli;

import dev.nst.cli.shell.Shell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A shell whose streams are caught, whose cache is a given directory, and which has no network. */
public final class TestShell {

  /** Nothing listens here: port 9 ("discard") of this machine. */
  public static final String NOWHERE = "http://127.0.0.1:9/vgg19-dcbb9e9d.pth";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final Path home;

  public TestShell(Path home) {
    this.home = home;
    environment.put("NST_CACHE", home.resolve("cache").toString());
    environment.put("NST_WEIGHTS_URL", NOWHERE);
  }

  /** Sets an environment variable. */
  public TestShell with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Shell shell() {
    return new Shell(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        environment,
        home,
        "Linux",
        false);
  }

  /** Runs a command line and returns its exit status. */
  public int run(String... args) {
    return Main.run(shell(), args);
  }

  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
