package dev.nst.weights;

import dev.nst.NstException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opening and reading files of weights, with every failure said in one sentence. */
public final class WeightFiles {

  private static final int LONGEST_PRINTED = 120;

  private WeightFiles() {}

  /**
   * Opens a file of weights for reading.
   *
   * @param file its path
   * @return a channel at position 0 of a file that is not empty
   * @throws NstException if the file is missing, no regular file, empty or unreadable
   */
  public static FileChannel open(Path file) {
    if (Files.notExists(file)) {
      throw new NstException("Weights file " + file + " does not exist; check the path.");
    }
    if (Files.isDirectory(file)) {
      throw new NstException(
          "Weights file " + file + " is a directory; name the file of weights inside it.");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new NstException(
          "Weights file " + file + " cannot be read; check that it is a file you may read.");
    }
    try {
      if (Files.size(file) == 0) {
        throw new NstException(
            "Weights file " + file + " is empty (0 bytes); download or convert it again.");
      }
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Fills a buffer from a place in a file.
   *
   * @param channel the open file
   * @param position where to read, in bytes from the start of the file
   * @param target filled from its position to its limit
   * @throws EOFException if the file ends first
   * @throws IOException if reading fails
   */
  public static void readFully(FileChannel channel, long position, ByteBuffer target)
      throws IOException {
    long next = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, next);
      if (count < 0) {
        throw new EOFException("the file ends at byte " + next);
      }
      next += count;
    }
  }

  /**
   * Wraps a failure to read.
   *
   * @param file the file that was read
   * @param cause what the operating system said
   * @return an exception to throw, which names both
   */
  public static NstException unreadable(Path file, IOException cause) {
    return new NstException(
        "Weights file "
            + file
            + " could not be read ("
            + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage())
            + "); check the disk and that nothing else is writing the file.",
        cause);
  }

  /**
   * Makes text that came out of a file fit to be part of a message on a terminal.
   *
   * @param text any text
   * @return its first 120 characters, control characters and the like replaced by {@code ?}
   */
  public static String printable(String text) {
    boolean tooLong = text.length() > LONGEST_PRINTED;
    String start = tooLong ? text.substring(0, LONGEST_PRINTED) + "..." : text;
    return start.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
  }
}
