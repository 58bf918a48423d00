package dev.nst.cli.paint;

import dev.nst.NstException;
import dev.nst.cli.shell.ResultFile;
import dev.nst.cli.shell.UsageException;
import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    if (request.output().getFileName() == null) {
      throw new NstException("--output: " + request.output() + " is a directory; name a file.");
    }
    Snapshots snapshots = new Snapshots(request.output(), request.watching().saveEvery());
    int iterations = request.recipes().mostIterations();
    for (Path read : inputs(request)) {
      if (ResultFile.same(request.output(), read)) {
        throw overwrites(request.output());
      }
      if (snapshots.write(read, iterations)) {
        throw overwrites(read);
      }
    }
    checkOthers(request, snapshots);
    for (InputPicture picture : request.pictures()) {
      requirePicture(picture);
      if (picture instanceof InputPicture.Drawn) {
        Images.checkWritable(picture.path());
      }
    }
    Images.checkWritable(request.output(), request.outputOptions());
  }

  private static UsageException overwrites(Path read) {
    return new UsageException(
        "The run would overwrite " + read + ", which it reads; give --output another name.");
  }

  /** Returns the files that are the user's own. */
  private static List<Path> inputs(PaintRequest request) {
    List<Path> inputs = new ArrayList<>();
    for (InputPicture picture : request.pictures()) {
      if (picture instanceof InputPicture.Stored) {
        inputs.add(picture.path());
      }
    }
    if (request.weightsFile() != null) {
      inputs.add(request.weightsFile());
    }
    return inputs;
  }

  /** Reads no more than the header: enough to refuse a text file at once. */
  private static void requirePicture(InputPicture picture) {
    Dimensions size = picture.dimensions();
    if (Math.min(size.width(), size.height()) < 1) {
      throw new NstException(picture.path() + " is an empty picture; choose another.");
    }
  }

  /** Checks the files beside the picture, each against all that were named before it. */
  private static void checkOthers(PaintRequest request, Snapshots snapshots) {
    Watching watching = request.watching();
    Map<String, Path> others = new LinkedHashMap<>();
    others.put("--trace", watching.trace());
    others.put("--report", watching.report());
    if (watching.timelapse() != null) {
      watching.timelapse().check();
      others.put("--timelapse", watching.timelapse().file());
    }
    List<Path> taken = inputs(request);
    taken.add(request.output());
    others.forEach(
        (option, file) -> {
          if (file != null) {
            for (Path other : taken) {
              if (ResultFile.same(file, other)) {
                throw overwrites(option, other);
              }
            }
            if (snapshots.write(file, request.recipes().mostIterations())) {
              throw overwrites(option, file);
            }
            ResultFile.requireWritable(option, file);
            taken.add(file);
          }
        });
  }

  private static UsageException overwrites(String option, Path other) {
    return new UsageException(
        option + " would overwrite " + other + ", which the run needs; give it another name.");
  }
}
