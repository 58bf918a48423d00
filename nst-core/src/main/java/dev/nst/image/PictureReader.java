package dev.nst.image;

import dev.nst.NstException;
import java.awt.image.BufferedImage;
import java.awt.image.SampleModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads picture files and turns whatever is wrong with them into one sentence.
 *
 * <p>The streams are made here rather than by {@link ImageIO#createImageInputStream}, which would
 * write a copy of the file to the disk.
 */
final class PictureReader {
  /** Bytes per pixel that decoders need when they do not say. */
  private static final int UNKNOWN_DECODED_BYTES = 4;

  private static final int CMYK_COMPONENTS = 4;

  private final PictureLimits limits;

  PictureReader(PictureLimits limits) {
    this.limits = limits;
  }

  /** What a file says of its picture before any pixel is decoded. */
  private record Header(Dimensions stored, Orientation orientation) {
    Dimensions upright() {
      return orientation.upright(stored);
    }
  }

  @FunctionalInterface
  private interface Use<T> {
    T with(ImageReader reader, Header header) throws IOException;
  }

  /** The size of the picture, upright, from its header alone. */
  Dimensions dimensions(Path file) {
    return open(file, (reader, header) -> header.upright());
  }

  /**
   * Decodes a picture, turns it upright and resizes it.
   *
   * @param target the wanted size for the size found
   */
  Image read(Path file, UnaryOperator<Dimensions> target) {
    return open(
        file,
        (reader, header) -> {
          limits.checkDeclared(file, header.stored());
          Dimensions size = target.apply(header.upright());
          limits.checkMemory(file, header.stored(), decodedBytesPerPixel(reader), size);
          return Resize.resize(decode(file, reader, header.orientation()), size).toImage();
        });
  }

  private static Rgb8 decode(Path file, ImageReader reader, Orientation orientation)
      throws IOException {
    boolean[] truncated = {false};
    reader.addIIOReadWarningListener((source, warning) -> truncated[0] |= saysTruncated(warning));
    BufferedImage picture = reader.read(0);
    if (truncated[0]) {
      throw new NstException(
          String.format(
              "Picture '%s' is cut short: its data end before the picture does; fetch or export it"
                  + " again.",
              file));
    }
    return BufferedImages.toRgb8(picture, orientation);
  }

  /**
   * The JPEG decoder fills what is missing with grey and only warns of it ("Truncated File -
   * Missing EOI marker"). Its other warnings tell of harmless oddities that many cameras write.
   */
  private static boolean saysTruncated(String warning) {
    return warning.toLowerCase(Locale.ROOT).contains("truncated file");
  }

  private static int decodedBytesPerPixel(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    if (!types.hasNext()) {
      return UNKNOWN_DECODED_BYTES;
    }
    SampleModel samples = types.next().getSampleModel();
    int bits = 0;
    for (int band = 0; band < samples.getNumBands(); band++) {
      bits += samples.getSampleSize(band);
    }
    return (bits + 7) / 8;
  }

  private <T> T open(Path file, Use<T> use) {
    Objects.requireNonNull(file, "file");
    try {
      checkReadable(file);
      try (ImageInputStream in = stream(file)) {
        return open(file, in, use);
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

  private static <T> T open(Path file, ImageInputStream in, Use<T> use) throws IOException {
    PictureFormat format = PictureFormat.ofContent(file, head(in));
    Orientation orientation = orientation(file, in, format);
    in.seek(0);
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.imageIoName()).next();
    try {
      // Forward only, and without the metadata, whose decoders are the less robust part.
      reader.setInput(in, true, true);
      Dimensions stored = new Dimensions(reader.getWidth(0), reader.getHeight(0));
      return use.with(reader, new Header(stored, orientation));
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

  private static Orientation orientation(Path file, ImageInputStream in, PictureFormat format)
      throws IOException {
    return switch (format) {
      case JPEG -> {
        JpegHeader header = JpegHeader.read(in);
        if (header.components() == CMYK_COMPONENTS) {
          throw new NstException(
              String.format(
                  "Picture '%s' is a CMYK JPEG, made for print, which cannot be read here; export"
                      + " it as RGB (sRGB).",
                  file));
        }
        yield header.exif() == JpegHeader.NO_EXIF
            ? Orientation.TOP_LEFT
            : ExifOrientation.ofTiff(in, header.exif());
      }
      case PNG -> ExifOrientation.ofPng(in);
      case TIFF -> ExifOrientation.ofTiff(in, 0);
      case BMP, GIF -> Orientation.TOP_LEFT;
    };
  }

  /** The decoder's complaint on one line, for people who know the format. */
  static String detail(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.strip().replaceAll("\\s+", " ");
  }
}
