package dev.nst.image;

import dev.nst.NstException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The file formats that are read, told by their first bytes, and written, told by the extension.
 */
enum PictureFormat {
  JPEG(List.of(".jpg", ".jpeg"), "\u00ff\u00d8\u00ff"),
  PNG(List.of(".png"), "\u0089PNG\r\n\u001a\n"),
  TIFF(List.of(".tif", ".tiff"), "II*\0", "MM\0*"),
  BMP(List.of(".bmp"), "BM"),
  /** Read only: no encoder in Java is known. */
  WEBP(List.of()),
  /** Read only: 256 colours are too few for what this library makes. */
  GIF(List.of(), "GIF87a", "GIF89a");

  /** How many bytes of a file {@link #ofContent} wants to see. */
  static final int HEAD_BYTES = 12;

  private final List<String> extensions;
  private final List<String> signatures;

  PictureFormat(List<String> extensions, String... signatures) {
    this.extensions = extensions;
    this.signatures = List.of(signatures);
  }

  /** The name under which ImageIO knows the format. */
  String imageIoName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format of a file, whatever its name says.
   *
   * @param file for messages
   * @param head the first {@link #HEAD_BYTES} bytes, or all if there are fewer
   * @throws NstException if it is none that can be read
   */
  static PictureFormat ofContent(Path file, byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    for (PictureFormat format : values()) {
      if (format.signatures.stream().anyMatch(start::startsWith)) {
        return format;
      }
    }
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return WEBP;
    }
    Optional<String> kind = unreadableKind(start);
    if (kind.isPresent()) {
      throw new NstException(
          String.format(
              "Picture '%s' is in the %s format, which cannot be read here; convert it to JPEG or"
                  + " PNG.",
              file, kind.get()));
    }
    String readable =
        Arrays.stream(values()).map(PictureFormat::toString).collect(Collectors.joining(", "));
    throw new NstException(
        String.format(
            "File '%s' is not a picture that can be read here; give a file of one of these"
                + " formats: %s.",
            file, readable));
  }

  /** Formats that people have pictures in and that there is no reader for. */
  private static Optional<String> unreadableKind(String start) {
    if (start.startsWith("ftyp", 4)) {
      return switch (start.substring(8)) {
        case "heic", "heix", "mif1", "msf1" -> Optional.of("HEIF");
        case "avif", "avis" -> Optional.of("AVIF");
        default -> Optional.empty();
      };
    }
    return Optional.empty();
  }

  /**
   * The format that a file's extension asks for.
   *
   * @throws NstException if there is no such format to write
   */
  static PictureFormat ofExtension(Path file) {
    Path fileName = file.getFileName();
    String name = fileName == null ? "" : fileName.toString().toLowerCase(Locale.ROOT);
    for (PictureFormat format : values()) {
      if (format.extensions.stream().anyMatch(name::endsWith)) {
        return format;
      }
    }
    String known =
        Arrays.stream(values())
            .flatMap(format -> format.extensions.stream())
            .collect(Collectors.joining(" "));
    String instead =
        name.endsWith(".webp") || name.endsWith(".gif")
            ? " (WebP and GIF can be read here, but not written)"
            : "";
    throw new NstException(
        String.format(
            "The name of the output '%s' must end with one of these extensions: %s%s.",
            file, known, instead));
  }

  /** Whether a file of this format can hold alpha, as written here. */
  boolean holdsAlpha() {
    return this == PNG || this == TIFF;
  }

  /** The most bits of a channel, as written here. */
  int mostBits() {
    return this == PNG || this == TIFF ? 16 : 8;
  }

  /** The name that people use. */
  @Override
  public String toString() {
    return this == WEBP ? "WebP" : name();
  }
}
