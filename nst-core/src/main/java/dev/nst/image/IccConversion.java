package dev.nst.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** From a colour profile to sRGB, by the JDK's colour engine, Little CMS. */
final class IccConversion implements ColourConversion {
  private final ColorConvertOp engine;
  private final int components;
  private final int type;

  /** One row before and after, reused as long as rows have one length. */
  private WritableRaster source;

  private WritableRaster target;

  private IccConversion(ICC_Profile profile, int components, int max) {
    ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
    this.engine = new ColorConvertOp(new ICC_Profile[] {profile, srgb}, null);
    this.components = components;
    this.type = max == 255 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
  }

  /**
   * The conversion, tried on one pixel: most faults of a profile show only then.
   *
   * @throws RuntimeException of several kinds, if the profile is for another number of components
   *     or cannot be computed with
   */
  static IccConversion of(ICC_Profile profile, int components, int max) {
    if (profile.getNumComponents() != components) {
      throw new IllegalArgumentException(
          "it is for %d components, the picture has %d"
              .formatted(profile.getNumComponents(), components));
    }
    IccConversion result = new IccConversion(profile, components, max);
    result.convert(new int[components], 1, new int[Image.CHANNELS]);
    return result;
  }

  @Override
  public void convert(int[] colours, int pixels, int[] rgb) {
    if (source == null || source.getWidth() != pixels) {
      source = Raster.createInterleavedRaster(type, pixels, 1, components, null);
      target = Raster.createInterleavedRaster(type, pixels, 1, Image.CHANNELS, null);
    }
    source.setPixels(0, 0, pixels, 1, colours);
    engine.filter(source, target);
    target.getPixels(0, 0, pixels, 1, rgb);
  }
}
