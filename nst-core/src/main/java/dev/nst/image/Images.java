package dev.nst.image;

import dev.nst.NstException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Reads and writes picture files.
 *
 * <p>Read are JPEG, PNG, TIFF (its first page), BMP, WebP and GIF (their first frame), told apart
 * by their content and not by their name, and only if they have at most 250 megapixels. Written are
 * PNG, JPEG, TIFF and BMP. No display is needed and nothing is cached on the disk.
 *
 * <p>Whatever is wrong with a file is reported as an {@link NstException} whose message is one
 * sentence that names the file and says what to do.
 */
public final class Images {
  private Images() {}

  /**
   * Reads a picture in its own size.
   *
   * <p>Every colour model becomes sRGB: grey is repeated, palettes are looked up, alpha is kept,
   * and so are the 16 bits of a PNG or TIFF. Embedded ICC profiles are honoured (JPEG, PNG, TIFF,
   * WebP); a broken one is ignored with a warning in the log. CMYK without a profile becomes (1 -
   * C)(1 - K) and so on, in a JPEG on Windows and macOS by the system's CMYK profile if there is
   * one. The picture is turned upright by its EXIF orientation (JPEG, PNG, TIFF, WebP).
   *
   * @param file the picture
   * @return values that are multiples of 1/255, or of 1/65535 for more than 8 bits and for alpha
   * @throws NstException if the file is missing, unreadable, not a picture, damaged, cut short or
   *     gigantic
   */
  public static Image read(Path file) {
    return reader().read(file, UnaryOperator.identity());
  }

  /**
   * Reads a picture as {@link #read(Path)} does and resizes it as {@link Resize#shortEdge} does, in
   * less memory than the two take one after the other.
   *
   * @param file the picture
   * @param shortEdge length of the shorter edge of the result, at least 1; a picture that has it is
   *     left as it is
   * @return values that are multiples of 1/255 or 1/65535, as there
   * @throws IllegalArgumentException if {@code shortEdge} is below 1
   * @throws NstException as {@link #read(Path)}, and if the result would be gigantic
   */
  public static Image read(Path file, int shortEdge) {
    if (shortEdge < 1) {
      throw new IllegalArgumentException(
          "The shorter edge must be at least 1 pixel long, but " + shortEdge + " was asked for");
    }
    String subject = "Picture '" + file + "'";
    return reader().read(file, size -> Resize.shortEdgeDimensions(subject, size, shortEdge));
  }

  /**
   * Reads a picture as {@link #read(Path)} does and resizes it as {@link Resize#bilinear} does, in
   * less memory than the two take one after the other.
   *
   * @param file the picture
   * @param target the wanted size for the size found
   * @return values that are multiples of 1/255
   * @throws NstException as {@link #read(Path)}, and if the result would be gigantic
   */
  public static Image read(Path file, UnaryOperator<Dimensions> target) {
    return reader().read(file, target);
  }

  /**
   * The size that {@link #read(Path)} would give, from the file's header alone: nothing is decoded,
   * and gigantic sizes are answered, not refused.
   *
   * @param file the picture
   * @throws NstException if the file is missing, unreadable or not a picture
   */
  public static Dimensions dimensions(Path file) {
    return reader().dimensions(file);
  }

  /**
   * Writes a picture with {@linkplain OutputOptions#defaults the default options}.
   *
   * @param image what to write
   * @param file where; an existing file is replaced
   * @throws NstException as {@link #write(Image, Path, OutputOptions)}
   */
  public static void write(Image image, Path file) {
    write(image, file, OutputOptions.defaults());
  }

  /**
   * Writes a picture in sRGB; values outside [0, 1] are cut off.
   *
   * <p>The format follows the extension: {@code .png}, {@code .jpg} or {@code .jpeg}, {@code .bmp},
   * {@code .tif} or {@code .tiff}. The file is written beside its place under a temporary name and
   * then moved into it, so that whoever looks sees the old file or the new one, never a half; after
   * a failure the old one is untouched and the temporary one is gone. A symbolic link is followed.
   *
   * <p>PNG and TIFF keep alpha; the others show the picture {@linkplain Image#onWhite on white},
   * and a warning in the log says so. PNG, JPEG and TIFF say that their colours are sRGB and hold
   * the options' text.
   *
   * @param image what to write
   * @param file where; an existing file is replaced
   * @param options how
   * @throws NstException if {@link #checkWritable(Path, OutputOptions)} refuses the place, the disk
   *     is full, or the format cannot hold so large a picture
   */
  public static void write(Image image, Path file, OutputOptions options) {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
    PictureWriter.write(image, file, options);
  }

  /**
   * Checks a place for a picture with {@linkplain OutputOptions#defaults the default options}.
   *
   * @param file where a picture is going to be written
   * @throws NstException as {@link #checkWritable(Path, OutputOptions)}
   */
  public static void checkWritable(Path file) {
    checkWritable(file, OutputOptions.defaults());
  }

  /**
   * Checks, before a long run, that a picture could be written there: the extension is known and
   * its format can hold so many bits, the directory exists and is writable, and what the file would
   * replace is an ordinary, writable file. Nothing is created.
   *
   * @param file where a picture is going to be written
   * @param options how
   * @throws NstException if it could not
   */
  public static void checkWritable(Path file, OutputOptions options) {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
    PictureWriter.checkWritable(file, options);
  }

  /**
   * Whether the format that a file's extension asks for can hold alpha.
   *
   * @throws NstException if no format has that extension
   */
  public static boolean holdsAlpha(Path file) {
    return PictureFormat.ofExtension(file).holdsAlpha();
  }

  private static PictureReader reader() {
    return new PictureReader(PictureLimits.ofThisJvm());
  }
}
