package dev.nst.cli.shell;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a file that is written at the end of long work, before that work begins. */
public final class ResultFile {

  private ResultFile() {}

  /**
   * Checks that a file could be written. Nothing is created.
   *
   * @param option the option that names it: {@code --trace}
   * @throws NstException if it could not, naming the option
   */
  public static void requireWritable(String option, Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || directory == null) {
      throw new NstException(option + ": " + file + " is a directory; name a file.");
    }
    if (!Files.isDirectory(directory)) {
      throw new NstException(
          option + ": there is no directory " + directory + "; make it or choose another.");
    }
    Path written = Files.exists(file) ? file : directory;
    if (!Files.isWritable(written)) {
      throw new NstException(
          option + ": permission to write " + written + " is denied; choose another place.");
    }
  }

  /** Returns whether two names lead to one file, which need not exist. */
  public static boolean same(Path a, Path b) {
    try {
      if (Files.exists(a) && Files.exists(b)) {
        return Files.isSameFile(a, b);
      }
    } catch (IOException e) {
      // Then the names have to answer; whoever opens the file reports what is wrong with it.
      return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }
}
