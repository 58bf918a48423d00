package dev.nst.cli.paint;

import dev.nst.image.Images;
import dev.nst.transfer.Masks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Files of masks, which a run reads.
 *
 * @param content the photograph's
 * @param styles one of each painting
 */
public record MaskFiles(Path content, List<Path> styles) {

  /** Returns all of them. */
  List<Path> all() {
    List<Path> all = new ArrayList<>();
    all.add(content);
    all.addAll(styles);
    return all;
  }

  /** Returns the masks that they hold. */
  public Masks read() {
    return Masks.of(Images.read(content), styles.stream().map(Images::read).toList());
  }

  /** Returns their names and the regions, for people. */
  String describe(Masks masks) {
    return names()
        + ": "
        + masks.regions().stream().map(Masks.Region::toString).collect(Collectors.joining(", "));
  }

  /** Returns the names without directories. */
  String names() {
    return all().stream()
        .map(file -> file.getFileName().toString())
        .collect(Collectors.joining(", "));
  }
}
