package dev.nst.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.util.function.Consumer;

/** Turns pixels of some colour space into sRGB. */
@FunctionalInterface
interface ColourConversion {

  /**
   * Converts pixels.
   *
   * @param colours the components of each, interleaved, from 0 to the largest value
   * @param pixels how many
   * @param rgb receives red, green and blue of each, interleaved, of the same range
   */
  void convert(int[] colours, int pixels, int[] rgb);

  /**
   * The conversion of pixels in {@code space}.
   *
   * <p>A profile that is embedded in the file, or that the decoder made the space from, decides.
   * One that does not fit or that cannot be computed with is ignored. Without one, colours are
   * sRGB; grey is taken as it is, as every other imaging library does, and not through the
   * linear-light curve that the JDK's grey space has; CMYK becomes (1 - C)(1 - K) and so on.
   *
   * @param embedded the file's profile if the decoder did not look for it, else null
   * @param max the largest value of a component, 255 or 65535
   * @param warnings hears in what way a profile is broken
   * @throws IllegalArgumentException if nothing is known about the space
   */
  static ColourConversion of(
      ColorSpace space, ICC_Profile embedded, int max, Consumer<String> warnings) {
    ICC_Profile profile = embedded == null ? ownProfile(space) : embedded;
    int components = space.getNumComponents();
    if (profile != null) {
      try {
        return IccConversion.of(profile, components, max);
      } catch (RuntimeException e) {
        // What the colour engine throws at broken profiles is of several unchecked types.
        warnings.accept(PictureReader.detail(e));
      }
    }
    return switch (components) {
      case 1 -> ColourConversion::repeat;
      case 3 -> (colours, pixels, rgb) -> System.arraycopy(colours, 0, rgb, 0, 3 * pixels);
      case 4 -> (colours, pixels, rgb) -> fromInks(colours, pixels, rgb, max);
      default -> throw new IllegalArgumentException(components + " colour components");
    };
  }

  /** Whether it is sRGB, or what decoders take for grey of which nothing else is known. */
  static boolean isStandard(ColorSpace space) {
    return space.isCS_sRGB() || space == ColorSpace.getInstance(ColorSpace.CS_GRAY);
  }

  private static ICC_Profile ownProfile(ColorSpace space) {
    return !isStandard(space) && space instanceof ICC_ColorSpace icc ? icc.getProfile() : null;
  }

  private static void repeat(int[] grey, int pixels, int[] rgb) {
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < Image.CHANNELS; channel++) {
        rgb[Image.CHANNELS * pixel + channel] = grey[pixel];
      }
    }
  }

  private static void fromInks(int[] cmyk, int pixels, int[] rgb, int max) {
    for (int pixel = 0; pixel < pixels; pixel++) {
      long light = max - cmyk[4 * pixel + 3];
      for (int channel = 0; channel < Image.CHANNELS; channel++) {
        long colour = light * (max - cmyk[4 * pixel + channel]);
        rgb[Image.CHANNELS * pixel + channel] = (int) ((colour + max / 2) / max);
      }
    }
  }
}
