package dev.nst.cli;

import dev.nst.cli.paint.MaskFiles;
import dev.nst.cli.shell.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which regions of the photograph take their style from which regions of the paintings. */
final class MaskOptions {

  @Option(
      names = "--content-mask",
      paramLabel = "FILE",
      description = {
        "A picture of the photograph's regions, at most 8, each in a flat colour. What it paints in",
        "one colour takes its style from what --style-mask paints in the same."
      })
  private Path contentMask;

  @Option(
      names = "--style-mask",
      paramLabel = "FILE",
      description = "The painting's regions; one of these options for each --style, in its order.")
  private List<Path> styleMasks = List.of();

  /**
   * Returns the files, or nothing without masks.
   *
   * @param paintings how many there are
   * @throws UsageException if some masks are missing or left over
   */
  Optional<MaskFiles> toFiles(int paintings) {
    if (contentMask == null && styleMasks.isEmpty()) {
      return Optional.empty();
    }
    if (contentMask == null || styleMasks.isEmpty()) {
      throw new UsageException(
          "--content-mask and --style-mask belong together, but only %s is there; give both."
              .formatted(contentMask == null ? "--style-mask" : "--content-mask"));
    }
    if (styleMasks.size() != paintings) {
      throw new UsageException(
          "--style: %d, but --style-mask: %d; give one mask for each painting, in the same order."
              .formatted(paintings, styleMasks.size()));
    }
    return Optional.of(new MaskFiles(contentMask, styleMasks));
  }
}
