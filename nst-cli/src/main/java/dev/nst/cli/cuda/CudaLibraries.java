package dev.nst.cli.cuda;

import dev.nst.NstException;
import dev.nst.cli.download.Download;
import dev.nst.cli.download.DownloadException;
import dev.nst.cli.download.DownloadPolicy;
import dev.nst.cli.shell.ByteProgress;
import dev.nst.cli.shell.Failures;
import dev.nst.cli.shell.Shell;
import dev.nst.converter.Sha256;
import dev.nst.io.CacheDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The CUDA 12 libraries in {@code cuda/VERSION} of the cache, where the CUDA backend looks for
 * them, and how they come there from Maven Central. The folder appears in one step, with every
 * library in it.
 */
public final class CudaLibraries {

  private final Shell shell;
  private final CudaPackage wanted;
  private final Path finished;
  private final Path unfinished;
  private final DownloadPolicy policy;

  /**
   * Returns the libraries of this user, there or not.
   *
   * @throws NstException if the environment names a repository that is none
   */
  public static CudaLibraries of(Shell shell) {
    return new CudaLibraries(
        shell,
        CudaPackage.standard(shell),
        cache("cuda", shell),
        cache("cuda-download", shell),
        DownloadPolicy.standard());
  }

  private static Path cache(String purpose, Shell shell) {
    return CacheDirectory.of(purpose, shell.environment(), shell.home(), shell.osName());
  }

  /**
   * Names the libraries and where they go.
   *
   * @param finished holds a folder for each version, complete ones only; need not exist yet
   * @param unfinished where the jar gathers and is unpacked, on the same disk; likewise
   */
  CudaLibraries(
      Shell shell, CudaPackage wanted, Path finished, Path unfinished, DownloadPolicy policy) {
    this.shell = shell;
    this.wanted = wanted;
    this.finished = finished;
    this.unfinished = unfinished;
    this.policy = policy;
  }

  /** Returns where the libraries are, or will be. */
  public Path directory() {
    return finished.resolve(wanted.version());
  }

  /** Returns whether they are there already. */
  public boolean present() {
    return Files.isDirectory(directory());
  }

  /** Returns the server they come from. */
  public String host() {
    return wanted.uri().getHost();
  }

  /** Returns the bytes to download, if nothing of them is here. */
  public long downloadBytes() {
    return wanted.bytes();
  }

  /** Returns the bytes that the libraries take in the end. */
  public long libraryBytes() {
    return wanted.libraryBytes();
  }

  /**
   * Downloads, verifies and unpacks, unless another process did so meanwhile.
   *
   * @throws NstException if the disk, the network or the file does not allow it
   */
  public void fetch() {
    try {
      Files.createDirectories(finished);
      Files.createDirectories(unfinished);
      try (FileChannel channel =
              FileChannel.open(
                  unfinished.resolve("fetch.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = acquire(channel)) {
        if (lock.isValid() && !present()) {
          bring();
        }
      }
    } catch (IOException e) {
      throw Failures.of("write", unfinished, e);
    }
  }

  private FileLock acquire(FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      shell.out().println("Another nst is fetching these libraries; waiting for it.");
      lock = channel.lock();
    }
    return lock;
  }

  private void bring() throws IOException {
    Path unpacked = unfinished.resolve(wanted.version());
    // What an interrupted run left; nobody else is here, thanks to the lock.
    deleteTree(unpacked);
    Path jar = unfinished.resolve(wanted.version() + ".jar.part");
    requireSpace(jar);
    Download download = download(jar);
    try {
      unpack(jar, unpacked);
      Files.move(unpacked, directory(), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      deleteTree(unpacked);
    }
    download.discard();
  }

  /** Both the rest of the jar and what comes out of it must fit. */
  private void requireSpace(Path jar) throws IOException {
    long here = Files.exists(jar) ? Files.size(jar) : 0;
    long needed = Math.max(0, wanted.bytes() - here) + wanted.libraryBytes();
    long usable = Files.getFileStore(unfinished).getUsableSpace();
    if (usable < needed) {
      throw new NstException(
          "CUDA's libraries need "
              + (needed >> 20)
              + " MiB in "
              + unfinished
              + ", where "
              + (usable >> 20)
              + " MiB are free; free some space or set NST_CACHE to a place on another disk.");
    }
  }

  private Download download(Path jar) {
    try (ByteProgress progress = new ByteProgress(shell, "Downloading CUDA's libraries")) {
      Download download = new Download(wanted.uri(), jar, policy, progress);
      download.run();
      if (!isIntact(jar) && download.resumed()) {
        // An older part may have belonged to another file; once more from the start.
        download.discard();
        download.run();
      }
      if (!isIntact(jar)) {
        download.discard();
        throw new DownloadException(
            "What "
                + wanted.uri()
                + " gave is not the file it should be (its SHA-256 differs) and was deleted;"
                + " try again, or set "
                + CudaPackage.REPOSITORY_VARIABLE
                + " to another Maven repository.");
      }
      return download;
    }
  }

  private boolean isIntact(Path jar) {
    return Sha256.of(jar).equals(wanted.sha256());
  }

  private void unpack(Path jar, Path to) throws IOException {
    Files.createDirectory(to);
    long done = 0;
    try (ZipFile zip = new ZipFile(jar.toFile());
        ByteProgress progress = new ByteProgress(shell, "Unpacking CUDA's libraries")) {
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      for (ZipEntry entry : entries) {
        String name = CudaPackage.libraryName(entry.getName());
        if (name != null) {
          try (InputStream bytes = zip.getInputStream(entry)) {
            done += Files.copy(bytes, to.resolve(name));
          }
          progress.progress(done, wanted.libraryBytes());
        }
      }
    } catch (ZipException e) {
      throw new NstException(
          jar + " is not a jar that can be unpacked (" + e.getMessage() + "); delete it.", e);
    }
    if (done == 0) {
      throw new NstException(jar + " holds none of CUDA's libraries; delete it.");
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> found = Files.walk(root)) {
      found.sorted(Comparator.reverseOrder()).forEach(paths::add);
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
