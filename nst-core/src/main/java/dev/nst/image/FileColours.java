package dev.nst.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.util.function.Consumer;

/**
 * What is known of a picture's colours beside its decoder's result.
 *
 * @param profile the profile that the file holds if the decoder did not look for it, else null
 * @param warnings hears in what way a profile is broken, in a few words
 */
record FileColours(ICC_Profile profile, Consumer<String> warnings) {

  /** Nothing: for pictures that are no files. */
  static FileColours unknown() {
    return new FileColours(null, warning -> {});
  }

  /** See {@link ColourConversion#of}. */
  ColourConversion conversion(ColorSpace space, int max) {
    return ColourConversion.of(space, profile, max, warnings);
  }
}
