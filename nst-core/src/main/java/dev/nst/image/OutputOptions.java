package dev.nst.image;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a picture is written.
 *
 * @param quality of a JPEG, 1 (small) to 100 (good); lossless formats take no notice
 * @param bitDepth bits of each channel: 8, or 16 for PNG and TIFF
 * @param alpha whether a picture's alpha is written, as far as the format has it; the picture is
 *     shown on white where it is not
 * @param text what is to stand in the file about the picture, by keywords such as {@code Software};
 *     formats without a place for it leave it out
 */
public record OutputOptions(int quality, int bitDepth, boolean alpha, Map<String, String> text) {
  /** The keyword for the program that made a picture; a TIFF and a JPEG have a tag for it. */
  public static final String SOFTWARE = "Software";

  private static final int LONGEST_KEYWORD = 79;

  /** What fits, with room for the rest, into the 64 KiB that a JPEG's segment may have. */
  private static final int MOST_TEXT_BYTES = 60_000;

  /**
   * Checks everything.
   *
   * @throws IllegalArgumentException if a number is none of the above, a keyword is not 1 to 79
   *     printable ASCII characters without a space at either end, as a PNG wants it, a text
   *     contains the character 0, or all of it is longer than 60,000 bytes of UTF-8
   */
  public OutputOptions {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException(
          "The quality must be between 1 and 100, but " + quality + " was asked for");
    }
    if (bitDepth != 8 && bitDepth != 16) {
      throw new IllegalArgumentException(
          "The bit depth must be 8 or 16, but " + bitDepth + " was asked for");
    }
    text = Collections.unmodifiableMap(new LinkedHashMap<>(text));
    int bytes = 0;
    for (Map.Entry<String, String> entry : text.entrySet()) {
      requireKeyword(entry.getKey());
      if (entry.getValue().indexOf(0) >= 0) {
        throw new IllegalArgumentException(
            "The text of '" + entry.getKey() + "' must not contain the character 0");
      }
      bytes += entry.getKey().length() + entry.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MOST_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "A picture file can hold %d bytes of text, but %d were given"
              .formatted(MOST_TEXT_BYTES, bytes));
    }
  }

  private static void requireKeyword(String keyword) {
    boolean printable = keyword.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (!printable
        || keyword.length() > LONGEST_KEYWORD
        || !keyword.strip().equals(keyword)
        || keyword.isEmpty()) {
      throw new IllegalArgumentException(
          "A keyword must be 1 to %d printable ASCII characters, but '%s' was given"
              .formatted(LONGEST_KEYWORD, keyword));
    }
  }

  /** Quality 95, 8 bits, alpha kept, no text. */
  public static OutputOptions defaults() {
    return new OutputOptions(95, 8, true, Map.of());
  }

  /** The same with another {@link #quality}. */
  public OutputOptions withQuality(int newQuality) {
    return new OutputOptions(newQuality, bitDepth, alpha, text);
  }

  /** The same with another {@link #bitDepth}. */
  public OutputOptions withBitDepth(int newBitDepth) {
    return new OutputOptions(quality, newBitDepth, alpha, text);
  }

  /** The same with another choice about {@link #alpha}. */
  public OutputOptions withAlpha(boolean newAlpha) {
    return new OutputOptions(quality, bitDepth, newAlpha, text);
  }

  /** The same with other {@link #text}, written in the order of the map. */
  public OutputOptions withText(Map<String, String> newText) {
    return new OutputOptions(quality, bitDepth, alpha, newText);
  }
}
