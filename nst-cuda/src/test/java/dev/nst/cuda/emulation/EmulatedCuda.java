package dev.nst.cuda.emulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The emulated CUDA libraries: builds them with g++ from {@code nst-cuda/src/test/native} when they
 * are not built yet, and loads them in the place of NVIDIA's.
 *
 * <p>They lie in {@code nst-cuda/target/cuda-emulation/<hash of their sources>/lib}: a change of
 * the sources makes new ones beside, and never touches those that another JVM may have loaded.
 */
public final class EmulatedCuda {

  private static final List<String> LOADING_ORDER =
      List.of("libcuda.so.1", "libcublas.so.12", "libnvrtc.so.12", "libcudnn.so.9");
  private static final long BUILD_MINUTES = 10;

  private static Optional<String> obstacle;
  private static Path built;
  private static boolean loaded;

  private EmulatedCuda() {}

  /**
   * The directory that holds the libraries, built by the first call.
   *
   * <p>Where they cannot be built the calling test is aborted with a sentence that says what to
   * install; with {@code -Dnst.requireBackend=cuda} it fails.
   */
  public static synchronized Path directory() {
    if (built == null) {
      obstacle().ifPresent(EmulatedCuda::giveUp);
      built = build(sources());
    }
    return built;
  }

  /**
   * Returns whether the libraries are there, that is whether {@link #directory()} has succeeded.
   */
  static synchronized boolean isBuilt() {
    return built != null;
  }

  /** Loads the libraries that exist into this JVM, once; JCuda's natives then bind to them. */
  public static synchronized void load() {
    Path directory = directory();
    if (loaded) {
      return;
    }
    for (String library : LOADING_ORDER) {
      Path file = directory.resolve(library);
      if (Files.exists(file)) {
        System.load(file.toString());
      }
    }
    loaded = true;
  }

  /** What keeps this machine from building and running the emulation, with the remedy. */
  static synchronized Optional<String> obstacle() {
    if (obstacle == null) {
      obstacle = findObstacle();
    }
    return obstacle;
  }

  /** Why a test that needs the emulation is to be skipped, if it is. */
  static Optional<String> reasonToSkip() {
    boolean real = "real".equals(System.getProperty("nst.cuda.device"));
    return real || isRequired() ? Optional.empty() : obstacle();
  }

  private static boolean isRequired() {
    return "cuda".equals(System.getProperty("nst.requireBackend"));
  }

  private static Optional<String> findObstacle() {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!system.equals("Linux amd64")) {
      return Optional.of(
          "The emulated CUDA device runs on Linux x86-64 only, and this is " + system + ".");
    }
    return Stream.of("g++", "ld")
        .filter(tool -> !runs(tool, "--version"))
        .findFirst()
        .map(
            tool ->
                "The emulated CUDA device is built with g++ and binutils, and '"
                    + tool
                    + "' was not found: install them (Debian: apt-get install g++).");
  }

  private static void giveUp(String reason) {
    if (isRequired()) {
      Assertions.fail(reason);
    }
    Assumptions.abort(reason);
  }

  private static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Found from nst-cuda itself, from a module beside it and from the project's root. */
  private static Path sources() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.of("src/test/native", "../nst-cuda/src/test/native", "nst-cuda/src/test/native")
        .map(relative -> here.resolve(relative).normalize())
        .filter(candidate -> Files.exists(candidate.resolve("build.sh")))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The sources of the emulated CUDA device, nst-cuda/src/test/native, were not"
                        + " found from "
                        + here
                        + "; run the tests from a module's directory."));
  }

  private static Path build(Path sources) {
    Path base = sources.resolve("../../../target/cuda-emulation").normalize();
    Path home = base.resolve(hash(sources));
    Path complete = home.resolve("complete");
    try {
      Files.createDirectories(home);
      try (FileChannel channel =
              FileChannel.open(
                  base.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.exists(complete)) {
          compile(sources, home);
          Files.createFile(complete);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return home.resolve("lib");
  }

  private static void compile(Path sources, Path home) throws IOException {
    Path log = home.resolve("build.log");
    Process process =
        new ProcessBuilder(
                "sh", sources.resolve("build.sh").toString(), home.resolve("lib").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("Building the emulated CUDA device took too long.");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          "Building the emulated CUDA device failed:\n" + Files.readString(log));
    }
  }

  private static String hash(Path sources) {
    try (Stream<Path> files = Files.list(sources)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files.filter(Files::isRegularFile).sorted().collect(Collectors.toList())) {
        digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
