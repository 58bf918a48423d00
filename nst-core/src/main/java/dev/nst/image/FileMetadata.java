package dev.nst.image;

import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.InflaterInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * What stands in a file beside its pixels and decides how they look, as far as no decoder looks
 * after it.
 *
 * @param orientation how the stored pixels lie
 * @param profile the colour profile of a PNG or WebP, or null; the decoders of JPEG and TIFF give
 *     theirs to the pictures they make
 */
record FileMetadata(Orientation orientation, ICC_Profile profile) {

  /** Profiles of printing presses have a few megabytes. */
  private static final int LARGEST_PROFILE = 16 << 20;

  /**
   * Looks through a file.
   *
   * @param warnings hears of a broken profile, which counts as absent
   */
  static FileMetadata read(PictureFormat format, ImageInputStream in, Consumer<String> warnings)
      throws IOException {
    return switch (format) {
      case JPEG -> {
        long exif = JpegExif.find(in);
        yield upright(
            exif == JpegExif.NONE ? Orientation.TOP_LEFT : ExifOrientation.ofTiff(in, exif));
      }
      case TIFF -> upright(ExifOrientation.ofTiff(in, 0));
      case PNG -> {
        byte[] profile = data(Chunk.ofPng(in, "iCCP"), in);
        yield new FileMetadata(
            orientation(Chunk.ofPng(in, "eXIf"), in),
            profile == null ? null : inflated(profile, warnings));
      }
      case WEBP -> {
        byte[] profile = data(Chunk.ofWebp(in, "ICCP"), in);
        yield new FileMetadata(
            orientation(Chunk.ofWebp(in, "EXIF"), in),
            profile == null ? null : profile(profile, warnings));
      }
      case BMP, GIF -> upright(Orientation.TOP_LEFT);
    };
  }

  private static FileMetadata upright(Orientation orientation) {
    return new FileMetadata(orientation, null);
  }

  private static Orientation orientation(Optional<Chunk> exif, ImageInputStream in)
      throws IOException {
    return exif.isPresent() ? ExifOrientation.ofTiff(in, exif.get().start()) : Orientation.TOP_LEFT;
  }

  private static byte[] data(Optional<Chunk> profile, ImageInputStream in) throws IOException {
    return profile.isPresent() ? profile.get().bytes(in, LARGEST_PROFILE) : null;
  }

  /** A PNG's profile: a name, a zero, a zero for the method, and a zlib stream. */
  private static ICC_Profile inflated(byte[] named, Consumer<String> warnings) {
    int name = 0;
    while (name < named.length && named[name] != 0) {
      name++;
    }
    int start = Math.min(name + 2, named.length);
    try (InputStream zlib =
        new InflaterInputStream(new ByteArrayInputStream(named, start, named.length - start))) {
      return profile(zlib.readNBytes(LARGEST_PROFILE), warnings);
    } catch (IOException e) {
      warnings.accept(PictureReader.detail(e));
      return null;
    }
  }

  private static ICC_Profile profile(byte[] data, Consumer<String> warnings) {
    try {
      return ICC_Profile.getInstance(data);
    } catch (RuntimeException e) {
      // Which unchecked exceptions a broken profile raises depends on the JDK.
      warnings.accept(PictureReader.detail(e));
      return null;
    }
  }
}
