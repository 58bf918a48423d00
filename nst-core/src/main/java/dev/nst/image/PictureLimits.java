package dev.nst.image;

import dev.nst.NstException;
import java.nio.file.Path;

/**
 * How large a picture may be. Files of a few kilobytes can declare sizes that fill any memory, so
 * the declared size is held against these limits before anything is decoded.
 *
 * @param pixels the most pixels of any picture
 * @param heapBytes the most memory that decoding may take
 */
record PictureLimits(long pixels, long heapBytes) {
  private static final long MAX_PIXELS = 250_000_000;
  private static final long MEBIBYTE = 1 << 20;

  static PictureLimits ofThisJvm() {
    return new PictureLimits(MAX_PIXELS, Runtime.getRuntime().maxMemory());
  }

  /**
   * Refuses sizes that no picture here may have.
   *
   * @param subject what has the size, at the start of a sentence
   */
  static void checkPixels(String subject, Dimensions size) {
    checkPixels(subject, size, MAX_PIXELS);
  }

  private static void checkPixels(String subject, Dimensions size, long most) {
    if (size.pixels() > most) {
      throw new NstException(
          String.format(
              "%s has %s pixels (%d megapixels), but the limit is %d megapixels; make it smaller.",
              subject, size, size.pixels() / 1_000_000, most / 1_000_000));
    }
  }

  /**
   * Refuses a file whose header declares too large a picture.
   *
   * @param declared the size that its header declares
   */
  void checkDeclared(Path file, Dimensions declared) {
    checkPixels("Picture '" + file + "'", declared, pixels);
  }

  /**
   * Refuses a file that is too large to decode in this memory or, resized, to hold at all.
   *
   * @param declared the size that its header declares
   * @param bytes what a pixel takes
   * @param target the size after resizing
   */
  void checkMemory(Path file, Dimensions declared, PixelBytes bytes, Dimensions target) {
    checkPixels("Picture '" + file + "', resized,", target, pixels);
    int integers = bytes.integers();
    long decoding = declared.pixels() * (bytes.decoded() + integers);
    long resized = target.pixels() == declared.pixels() ? 0 : target.pixels() * integers;
    long resizing = declared.pixels() * integers + resized + target.pixels() * bytes.floats();
    long needed = Math.max(decoding, resizing);
    if (needed > heapBytes) {
      throw new NstException(
          String.format(
              "Picture '%s' of %s pixels needs about %d MiB of memory, but this JVM may use %d MiB;"
                  + " make it smaller or raise the limit with -Xmx.",
              file, declared, needed / MEBIBYTE + 1, heapBytes / MEBIBYTE));
    }
  }

  /** What to tell a user when memory ran out in spite of {@link #checkMemory}. */
  NstException outOfMemory(Path file, OutOfMemoryError cause) {
    return new NstException(
        String.format(
            "Memory ran out while reading the picture '%s' (this JVM may use %d MiB); make it"
                + " smaller or raise the limit with -Xmx.",
            file, heapBytes / MEBIBYTE),
        cause);
  }
}
