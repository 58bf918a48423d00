package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.paint.MaskFiles;
import dev.nst.cli.shell.UsageException;
import dev.nst.transfer.StyleBlend;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is painted, and what it is painted like. */
final class SceneOptions {

  @Option(
      names = "--content",
      required = true,
      paramLabel = "FILE",
      description = "The photograph: JPEG, PNG, TIFF, WebP, BMP or GIF.")
  private Path content;

  @Option(
      names = "--style",
      required = true,
      paramLabel = "FILE",
      description = {
        "The painting, in one of the same formats; several of these options blend several",
        "paintings."
      })
  private List<Path> styles;

  @Option(
      names = "--style-blend",
      paramLabel = "X,Y",
      converter = RecipeValues.Blend.class,
      description = "Weights of several paintings, one for each (default: all the same).")
  private StyleBlend styleBlend;

  @Mixin private MaskOptions masks;

  Path content() {
    return content;
  }

  List<Path> styles() {
    return styles;
  }

  /**
   * Returns the weights of the paintings.
   *
   * @throws UsageException if there are more or fewer of them than paintings
   */
  StyleBlend blend() {
    if (styleBlend == null) {
      return StyleBlend.equal(styles.size());
    }
    try {
      return styleBlend.requireFor(styles.size());
    } catch (NstException e) {
      throw new UsageException("--style-blend: " + e.getMessage());
    }
  }

  /**
   * Returns the masks' files, or nothing without masks.
   *
   * @throws UsageException if some masks are missing or left over
   */
  Optional<MaskFiles> masks() {
    return masks.toFiles(styles.size());
  }
}
