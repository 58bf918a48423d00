package dev.nst.image;

import dev.nst.NstException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads picture files and turns whatever is wrong with them into one sentence.
 *
 * <p>The streams are made here rather than by {@link ImageIO#createImageInputStream}, which would
 * write a copy of the file to the disk.
 */
final class PictureReader {
  private static final Logger LOG = LoggerFactory.getLogger(PictureReader.class);

  /** Lossy files are taken apart into small arrays; in a heap of so much, noise was decoded. */
  private static final int WEBP_BYTES_BESIDE = 64;

  private final PictureLimits limits;
  private final Consumer<String> warnings;

  PictureReader(PictureLimits limits) {
    this(limits, LOG::warn);
  }

  /**
   * A reader.
   *
   * @param warnings hears a sentence of what is wrong with a picture that is read all the same
   */
  PictureReader(PictureLimits limits, Consumer<String> warnings) {
    this.limits = limits;
    this.warnings = warnings;
  }

  /** An open file before any pixel is decoded. */
  private record Header(
      PictureFormat format, Dimensions stored, FileMetadata metadata, Consumer<String> warnings) {
    Dimensions upright() {
      return metadata.orientation().upright(stored);
    }
  }

  @FunctionalInterface
  private interface Use<T> {
    T with(ImageReader reader, Header header) throws IOException;
  }

  /** The size of the picture, upright, from its header alone. */
  Dimensions dimensions(Path file) {
    // A broken profile is worth a warning only when there are colours.
    return open(file, fault -> {}, (reader, header) -> header.upright());
  }

  /**
   * Decodes a picture, turns it upright and resizes it.
   *
   * @param target the wanted size for the size found
   */
  Image read(Path file, UnaryOperator<Dimensions> target) {
    return open(
        file,
        profileWarning(file),
        (reader, header) -> {
          limits.checkDeclared(file, header.stored());
          Dimensions size = target.apply(header.upright());
          ImageTypeSpecifier type = decodedType(reader, header.format());
          PixelBytes bytes = PixelBytes.of(type, bytesBeside(reader, header.format()));
          limits.checkMemory(file, header.stored(), bytes, size);
          return Resize.resize(decode(file, reader, header, type).simplest(), size).toImage();
        });
  }

  /** Decoders look at a profile several times, and say each time what is wrong with it. */
  private Consumer<String> profileWarning(Path file) {
    boolean[] warned = {false};
    return fault -> {
      if (!warned[0]) {
        warnings.accept(
            String.format("The colour profile of '%s' is broken and ignored (%s).", file, fault));
      }
      warned[0] = true;
    };
  }

  /**
   * What the decoder is to make of the picture, or null for what it likes. JPEG's converts colours
   * if it is let, but not grey ones, so it is made to leave them as they are.
   */
  private static ImageTypeSpecifier decodedType(ImageReader reader, PictureFormat format)
      throws IOException {
    if (format == PictureFormat.JPEG) {
      ImageTypeSpecifier raw = reader.getRawImageType(0);
      ColorSpace space = raw.getColorModel().getColorSpace();
      if (space instanceof ICC_ColorSpace && !ColourConversion.isStandard(space)) {
        return raw;
      }
    }
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return types.hasNext() ? types.next() : null;
  }

  /** Bytes a pixel that a decoder takes beside its result. */
  private static int bytesBeside(ImageReader reader, PictureFormat format) throws IOException {
    return switch (format) {
      case JPEG -> {
        ImageTypeSpecifier raw = reader.getRawImageType(0);
        boolean copied = !ColourConversion.isStandard(raw.getColorModel().getColorSpace());
        yield copied ? raw.getNumBands() : 0;
      }
      case WEBP -> WEBP_BYTES_BESIDE;
      case PNG, TIFF, BMP, GIF -> 0;
    };
  }

  private static Pixels decode(
      Path file, ImageReader reader, Header header, ImageTypeSpecifier type) throws IOException {
    boolean[] truncated = {false};
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          truncated[0] |= saysTruncated(warning);
          if (saysProfileIgnored(warning)) {
            header.warnings().accept(warning);
          }
        });
    ImageReadParam parameters = reader.getDefaultReadParam();
    parameters.setDestinationType(type);
    BufferedImage picture = reader.read(0, parameters);
    if (truncated[0]) {
      throw new NstException(
          String.format(
              "Picture '%s' is cut short: its data end before the picture does; fetch or export it"
                  + " again.",
              file));
    }
    FileColours colours = new FileColours(header.metadata().profile(), header.warnings());
    return BufferedImages.toPixels(picture, colours, header.metadata().orientation());
  }

  /**
   * The JPEG decoder fills what is missing with grey and only warns of it ("Truncated File -
   * Missing EOI marker"). Its other warnings tell of harmless oddities that many cameras write.
   */
  private static boolean saysTruncated(String warning) {
    return warning.toLowerCase(Locale.ROOT).contains("truncated file");
  }

  /**
   * Other warnings with a profile in them are of files without one and of the rendering intent that
   * every printing press's has.
   */
  private static boolean saysProfileIgnored(String warning) {
    return warning.contains("ICC") && warning.contains("Ignoring");
  }

  private <T> T open(Path file, Consumer<String> warnings, Use<T> use) {
    Objects.requireNonNull(file, "file");
    try {
      checkReadable(file);
      try (ImageInputStream in = stream(file)) {
        return open(file, in, warnings, use);
      }
    } catch (NstException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Decoders meet damaged data with every kind of unchecked exception.
      throw new NstException(
          String.format(
              "Picture '%s' cannot be decoded because it is damaged, cut short or of a rare kind"
                  + " (%s); open it in an image editor and export it as PNG.",
              file, detail(e)),
          e);
    } catch (OutOfMemoryError e) {
      throw limits.outOfMemory(file, e);
    }
  }

  private static <T> T open(Path file, ImageInputStream in, Consumer<String> warnings, Use<T> use)
      throws IOException {
    PictureFormat format = PictureFormat.ofContent(file, head(in));
    FileMetadata metadata = FileMetadata.read(format, in, warnings);
    in.seek(0);
    ImageReader reader = Codecs.reader(format);
    try {
      ImageInputStream decoded = format == PictureFormat.WEBP ? WebpStream.of(in) : in;
      // Forward only, and without the metadata, whose decoders are the less robust part.
      reader.setInput(decoded, true, true);
      Dimensions stored = new Dimensions(reader.getWidth(0), reader.getHeight(0));
      return use.with(reader, new Header(format, stored, metadata, warnings));
    } finally {
      reader.dispose();
    }
  }

  private static void checkReadable(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NstException(String.format("Picture '%s' does not exist; check the path.", file));
    }
    if (Files.isDirectory(file)) {
      throw new NstException(
          String.format("'%s' is a directory, not a picture; name a file inside of it.", file));
    }
    if (!Files.isRegularFile(file)) {
      throw new NstException(
          String.format(
              "'%s' is a device or a pipe, not a file; save the picture to a file first.", file));
    }
    if (!Files.isReadable(file)) {
      throw new NstException(
          String.format(
              "Picture '%s' may not be read by this user; change its permissions.", file));
    }
    if (Files.size(file) == 0) {
      throw new NstException(
          String.format("Picture '%s' is empty (0 bytes); fetch or export it again.", file));
    }
  }

  private static ImageInputStream stream(Path file) throws IOException {
    return file.getFileSystem() == FileSystems.getDefault()
        ? new FileImageInputStream(file.toFile())
        : new MemoryCacheImageInputStream(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  private static byte[] head(ImageInputStream in) throws IOException {
    byte[] head = new byte[PictureFormat.HEAD_BYTES];
    int length = 0;
    int count = in.read(head);
    while (count > 0) {
      length += count;
      count = in.read(head, length, head.length - length);
    }
    return Arrays.copyOf(head, length);
  }

  /** The decoder's complaint on one line, for people who know the format. */
  static String detail(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.strip().replaceAll("\\s+", " ");
  }
}
