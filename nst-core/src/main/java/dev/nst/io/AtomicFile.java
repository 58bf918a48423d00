package dev.nst.io;

import dev.nst.NstException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears all at once: it is written under another name beside its place and moved
 * there by {@link #commit}. Closed without a commit, it leaves everything as it was.
 *
 * <p>A symbolic link at its place keeps pointing where it did; what it points to is replaced. The
 * file gets the permissions that the user's umask gives.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;

  /** The file itself, where {@link #target} may be a link to it. */
  private final Path place;

  private final Path temporary;
  private final FileChannel channel;

  private AtomicFile(Path target, Path place, Path temporary, FileChannel channel) {
    this.target = target;
    this.place = place;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Checks, without creating anything, that a file can be written or replaced.
   *
   * @param target where the file is to appear
   * @throws NstException if it is a directory, a device or a pipe, if it may not be overwritten, or
   *     if its directory does not exist or may not be written
   */
  public static void checkWritable(Path target) {
    if (Files.isDirectory(target)) {
      throw refused(target, "is a directory; name a file inside of it.");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw refused(target, "exists and is no regular file; choose another name.");
    }
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw refused(
          target,
          "exists and may not be overwritten; change its permissions or choose another name.");
    }
    Path directory = directory(place(target));
    if (!Files.isDirectory(directory)) {
      throw refused(
          target,
          "needs the directory '"
              + directory
              + "', which does not exist; create it or choose another place.");
    }
    if (!Files.isWritable(directory)) {
      throw refused(
          target,
          "cannot be written because the directory '"
              + directory
              + "' is read-only for this user; change its permissions or choose another place.");
    }
  }

  /**
   * Opens a file for writing.
   *
   * @param target where it is to appear
   * @return the open file, to be closed by the caller whether it was committed or not
   * @throws NstException if {@link #checkWritable} refuses the target, or the file cannot be made
   */
  public static AtomicFile open(Path target) {
    return open(target, 0);
  }

  /**
   * Opens a file of known size for writing.
   *
   * @param target where it is to appear
   * @param expectedBytes how much will be written, which must fit on the disk
   * @return the open file, to be closed by the caller whether it was committed or not
   * @throws NstException if {@link #checkWritable} refuses the target, if the disk has less than
   *     {@code expectedBytes} free, or if the file cannot be made
   */
  public static AtomicFile open(Path target, long expectedBytes) {
    checkWritable(target);
    Path place = place(target);
    Path temporary = directory(place).resolve(".nst-" + UUID.randomUUID() + ".tmp");
    try {
      long free = Files.getFileStore(directory(place)).getUsableSpace();
      if (free < expectedBytes) {
        throw refused(
            target,
            "needs %d bytes where %d are free; make room or choose another disk."
                .formatted(expectedBytes, free));
      }
      // Unlike Files.createTempFile, this gives the permissions that the umask says.
      FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (temporary.getFileSystem().equals(FileSystems.getDefault())) {
        // For the case that the process is interrupted and nobody closes this.
        temporary.toFile().deleteOnExit();
      }
      return new AtomicFile(target, place, temporary, channel);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Moves a finished file to its place, instead of whatever was there.
   *
   * @param finished a file on the same disk, which nothing writes any more
   * @param target its place
   * @throws NstException if it cannot be moved there; it is left where it was then
   */
  public static void move(Path finished, Path target) {
    try {
      try (FileChannel channel = FileChannel.open(finished, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      replace(finished, place(target));
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Appends bytes.
   *
   * @param bytes written from the position to the limit
   * @throws NstException if they cannot be written
   */
  public void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /**
   * Appends bytes as a stream, for encoders that want one.
   *
   * @return a stream without a buffer, to be left open: {@link #close} is enough
   */
  public OutputStream stream() {
    return Channels.newOutputStream(channel);
  }

  /**
   * Makes the file appear in its place, instead of whatever was there, once all of it has reached
   * the disk.
   *
   * @throws NstException if that fails; what was there before is untouched then
   */
  public void commit() {
    try {
      channel.force(true);
      channel.close();
      replace(temporary, place);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Forgets what was written, unless it was committed. */
  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static void replace(Path finished, Path place) throws IOException {
    try {
      Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(finished, place, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Path place(Path target) {
    try {
      // Moving onto a symbolic link would replace the link, not the file that it stands for.
      return Files.exists(target) ? target.toRealPath() : target;
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private static NstException refused(Path target, String why) {
    return new NstException("The output '" + target + "' " + why);
  }

  private static NstException unwritable(Path target, IOException cause) {
    return new NstException(
        "The output '%s' cannot be written (%s); check its permissions and the space on the disk."
            .formatted(target, reason(cause)),
        cause);
  }

  /** What happened, in words for users: some exceptions' message is the path alone. */
  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof NoSuchFileException) {
      return "it or its directory is gone";
    }
    String reason =
        cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
    return reason == null ? "the system gives no reason" : reason.strip().replaceAll("\\s+", " ");
  }
}
