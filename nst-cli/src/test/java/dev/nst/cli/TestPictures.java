package dev.nst.cli;

import dev.nst.image.Image;
import dev.nst.image.Images;
import java.nio.file.Path;

/** Writes small pictures to paint with. */
public final class TestPictures {

  private TestPictures() {}

  /** Writes a smooth picture, 48 x 40. */
  public static Path photo(Path file) {
    Images.write(picture(48, 40, 3), file);
    return file;
  }

  /** Writes the same, its left third transparent. */
  public static Path veiledPhoto(Path file) {
    float[] alpha = new float[48 * 40];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = i % 48 < 16 ? 0 : 1;
    }
    Images.write(picture(48, 40, 3).withAlpha(alpha), file);
    return file;
  }

  /** Writes a busy picture, 40 x 52. */
  public static Path painting(Path file) {
    Images.write(picture(40, 52, 29), file);
    return file;
  }

  /** Writes a mask, its left third in one colour and the rest in another, each 0xRRGGBB. */
  public static Path mask(Path file, int width, int height, int left, int right) {
    float[] values = new float[3 * width * height];
    for (int i = 0; i < values.length; i++) {
      int colour = i % width < width / 3 ? left : right;
      values[i] = (colour >> 16 - 8 * (i / (width * height)) & 0xFF) / 255f;
    }
    Images.write(Image.of(width, height, values), file);
    return file;
  }

  private static Image picture(int width, int height, double waves) {
    float[] values = new float[3 * width * height];
    for (int i = 0; i < values.length; i++) {
      int channel = i / (width * height);
      double x = i % width / (double) width;
      double y = i / width % height / (double) height;
      values[i] = (float) (.5 + .5 * Math.sin(waves * (x + y * y) + 2 * channel));
    }
    return Image.of(width, height, values);
  }
}
