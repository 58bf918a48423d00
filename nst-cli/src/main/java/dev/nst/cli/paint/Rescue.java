package dev.nst.cli.paint;

import dev.nst.NstException;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.image.OutputOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the result of a run. Its place was checked before, but a run is long: a disk may be full
 * by now or its directory gone, and what took hours must not be lost with it.
 */
final class Rescue {

  private Rescue() {}

  /**
   * Writes a picture to its place, or else where the machine keeps temporary files.
   *
   * @throws NstException if it is not in its place; it names the other one, if that took it
   */
  static void write(Image image, Path output, OutputOptions options) {
    try {
      Images.write(image, output, options);
    } catch (NstException e) {
      throw saved(image, output, options, e);
    }
  }

  private static NstException saved(
      Image image, Path output, OutputOptions options, NstException failure) {
    try {
      Path other = Files.createTempDirectory("nst-").resolve(output.getFileName().toString());
      Images.write(image, other, options);
      return new NstException(
          failure.getMessage() + " The picture was written to " + other + " instead.", failure);
    } catch (IOException | NstException e) {
      failure.addSuppressed(e);
      return failure;
    }
  }
}
