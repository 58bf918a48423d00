package dev.nst.cli;

import dev.nst.image.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Option;

/** How the result's file is written, beside its name. */
final class PictureOptions {

  @Option(
      names = "--quality",
      paramLabel = "1..100",
      converter = Values.Quality.class,
      description = "Quality of a .jpg: small to good (default: 95).")
  private Integer quality;

  @Option(
      names = "--bit-depth",
      paramLabel = "8|16",
      converter = Values.BitDepth.class,
      description = "Bits of each channel; 16 for .png and .tif only (default: 8).")
  private Integer bitDepth;

  @Option(
      names = "--alpha",
      paramLabel = "keep|none",
      converter = Values.KeepOrNone.class,
      description = {
        "Whether a .png or .tif is transparent where the photograph is; white takes its place",
        "otherwise (default: keep)."
      })
  private Values.Stay alpha = Values.Stay.KEEP;

  @Option(
      names = "--metadata",
      paramLabel = "keep|none",
      converter = Values.KeepOrNone.class,
      description = {
        "Whether the result's file names the recipe, its settings, the pictures' names and this",
        "version (default: keep)."
      })
  private Values.Stay metadata = Values.Stay.KEEP;

  /** Returns how to write; the only text yet, if any is wanted, is this program's name. */
  OutputOptions toOptions() {
    OutputOptions result = OutputOptions.defaults();
    result = quality == null ? result : result.withQuality(quality);
    result = bitDepth == null ? result : result.withBitDepth(bitDepth);
    result = result.withAlpha(alpha == Values.Stay.KEEP);
    return metadata == Values.Stay.KEEP
        ? result.withText(Map.of(OutputOptions.SOFTWARE, Version.name()))
        : result;
  }
}
