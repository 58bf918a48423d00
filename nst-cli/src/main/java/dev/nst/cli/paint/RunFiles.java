package dev.nst.cli.paint;

import dev.nst.NstException;
import dev.nst.cli.shell.UsageException;
import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks every file of a run before it begins, so that an hour's work is not lost at its end. */
final class RunFiles {

  private RunFiles() {}

  /**
   * Checks that the pictures can be read, the results can be written, and no result would replace
   * an input.
   *
   * @throws NstException if one of them fails, naming it
   */
  static void check(PaintRequest request) {
    for (Path result : results(request)) {
      if (same(result, request.content()) || same(result, request.style())) {
        throw new UsageException(
            "The run would overwrite " + result + ", which it reads; give --output another name.");
      }
    }
    if (request.trace() != null) {
      checkTrace(request);
    }
    requirePicture(request.content());
    requirePicture(request.style());
    Images.checkWritable(request.output());
  }

  private static List<Path> results(PaintRequest request) {
    List<Path> results = new ArrayList<>();
    results.add(request.output());
    results.addAll(
        Snapshots.paths(request.output(), request.saveEvery(), request.recipe().iterations()));
    return results;
  }

  /** Reads no more than the header: enough to refuse a text file at once. */
  private static void requirePicture(Path picture) {
    Dimensions size = Images.dimensions(picture);
    if (Math.min(size.width(), size.height()) < 1) {
      throw new NstException(picture + " is an empty picture; choose another.");
    }
  }

  private static void checkTrace(PaintRequest request) {
    Path trace = request.trace();
    for (Path other : List.of(request.content(), request.style(), request.output())) {
      if (same(trace, other)) {
        throw new UsageException(
            "--trace would overwrite the picture " + other + "; give it another name.");
      }
    }
    Path directory = trace.toAbsolutePath().getParent();
    if (Files.isDirectory(trace) || directory == null) {
      throw new NstException("--trace: " + trace + " is a directory; name a file.");
    }
    if (!Files.isDirectory(directory)) {
      throw new NstException(
          "--trace: there is no directory " + directory + "; make it or choose another.");
    }
    Path written = Files.exists(trace) ? trace : directory;
    if (!Files.isWritable(written)) {
      throw new NstException(
          "--trace: permission to write " + written + " is denied; choose another place.");
    }
  }

  /** Returns whether two names lead to one file, which need not exist. */
  static boolean same(Path a, Path b) {
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
