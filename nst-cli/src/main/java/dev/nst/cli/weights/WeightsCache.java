package dev.nst.cli.weights;

import dev.nst.NstException;
import dev.nst.cli.shell.Failures;
import dev.nst.cli.shell.Shell;
import dev.nst.converter.Sha256;
import dev.nst.io.AtomicFile;
import dev.nst.io.CacheDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The directory where converted weights are kept, each with its SHA-256 beside it in the format of
 * {@code sha256sum}. A file is used only after its hash was computed anew and found equal.
 */
public final class WeightsCache {

  private static final String CHECKSUM = ".sha256";

  private final Path root;
  private final Shell shell;
  private final Set<Path> reported = new HashSet<>();

  /** Keeps weights in a given directory, which need not exist yet. */
  public WeightsCache(Path root, Shell shell) {
    this.root = root;
    this.shell = shell;
  }

  /** Returns the cache where this system's users expect it, see {@link CacheDirectory}. */
  public static WeightsCache of(Shell shell) {
    Path root = CacheDirectory.of("weights", shell.environment(), shell.home(), shell.osName());
    return new WeightsCache(root, shell);
  }

  /** Returns the path that a name has in the cache, whether there is such a file or not. */
  Path path(String name) {
    return root.resolve(name);
  }

  /**
   * Returns a file that is there and whole. One that is there and not what was put there is
   * reported and counts as absent.
   */
  Optional<Path> find(String name) {
    Path file = path(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Path checksum = path(name + CHECKSUM);
    if (!Files.exists(checksum)) {
      report(file, "have no checksum beside them");
      return Optional.empty();
    }
    String expected;
    try {
      expected = Files.readString(checksum).strip().split("\\s+", 2)[0];
    } catch (IOException e) {
      throw Failures.of("read", checksum, e);
    }
    if (!expected.equals(Sha256.of(file))) {
      report(file, "are damaged (wrong checksum)");
      return Optional.empty();
    }
    return Optional.of(file);
  }

  /** Warns of a file once, however often it is looked for. */
  private void report(Path file, String fault) {
    if (reported.add(file)) {
      shell.warn("the cached weights " + file + " " + fault + " and are not used.");
    }
  }

  /**
   * Puts a finished file in its place.
   *
   * @param finished a file in the cache under another name; it is moved
   */
  Path publish(Path finished, String name) {
    Path file = path(name);
    Path checksum = path(name + CHECKSUM);
    Path newChecksum = path(name + CHECKSUM + ".tmp");
    String hash = Sha256.of(finished);
    try {
      Files.writeString(newChecksum, hash + "  " + name + "\n");
      AtomicFile.move(newChecksum, checksum);
      AtomicFile.move(finished, file);
    } catch (IOException e) {
      throw Failures.of("write", file, e);
    }
    return file;
  }

  private void create() {
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw unusable(e);
    }
    if (!Files.isWritable(root)) {
      throw unusable(new AccessDeniedException(root.toString()));
    }
  }

  private NstException unusable(IOException cause) {
    return new NstException(
        "The cache directory "
            + root
            + " cannot be used ("
            + Failures.reason(cause)
            + "); set "
            + CacheDirectory.VARIABLE
            + " to a directory that can be written.",
        cause);
  }

  /** What a process does while it alone may change the files of one name. */
  @FunctionalInterface
  interface Exclusive {
    Path run();
  }

  /**
   * Runs something while no other process runs anything under the same name. Waits for one that
   * does.
   *
   * @throws NstException if the directory cannot be written
   */
  Path exclusively(String name, Exclusive work) {
    create();
    Path lockFile = path(name + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = acquire(channel)) {
      if (!lock.isValid()) {
        throw new IOException("the lock was lost");
      }
      return work.run();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private FileLock acquire(FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      shell.out().println("Another nst is preparing these weights; waiting for it.");
      lock = channel.lock();
    }
    return lock;
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
