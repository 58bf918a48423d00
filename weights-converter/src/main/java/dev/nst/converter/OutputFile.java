package dev.nst.converter;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears all at once: it is written under another name beside its place and moved
 * there by {@link #commit}. Closed without a commit, it leaves everything as it was.
 */
final class OutputFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;

  private OutputFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Opens a file for writing.
   *
   * @param expectedBytes how much will be written, which must fit on the disk
   * @throws NstException if it cannot be written there
   */
  static OutputFile create(Path target, long expectedBytes) {
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(target)) {
      throw new NstException("Output " + target + " is a directory; name a file inside it.");
    }
    if (!Files.isDirectory(directory)) {
      throw new NstException(
          "Output " + target + " cannot be written: make the directory " + directory + " first.");
    }
    Path temporary = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      long free = Files.getFileStore(directory).getUsableSpace();
      if (free < expectedBytes) {
        throw new NstException(
            "Output "
                + target
                + " needs "
                + expectedBytes
                + " bytes where "
                + free
                + " are free; make room or choose another disk.");
      }
      FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      // For the case that the process is interrupted and nobody closes this.
      temporary.toFile().deleteOnExit();
      return new OutputFile(target, temporary, channel);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Makes the file appear in its place, instead of whatever was there. */
  void commit() {
    try {
      channel.force(true);
      channel.close();
      // A link keeps pointing where it did; what it points to is replaced.
      Path place = Files.exists(target) ? target.toRealPath() : target;
      try {
        Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, place, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static NstException unwritable(Path target, IOException cause) {
    return new NstException(
        "Output "
            + target
            + " cannot be written ("
            + cause
            + "); check its permissions and the space on the disk.",
        cause);
  }
}
