package dev.nst.transfer;

import dev.nst.image.Image;
import java.util.function.IntBinaryOperator;

/** Draws masks and other flat pictures. */
final class FlatPictures {

  private FlatPictures() {}

  /**
   * Returns a picture.
   *
   * @param colour as 0xRRGGBB, of x and y
   */
  static Image image(int width, int height, IntBinaryOperator colour) {
    float[] values = new float[3 * width * height];
    for (int i = 0; i < values.length; i++) {
      int pixel = i % (width * height);
      int shift = 16 - 8 * (i / (width * height));
      int rgb = colour.applyAsInt(pixel % width, pixel / width);
      values[i] = (rgb >> shift & 0xFF) / 255f;
    }
    return Image.of(width, height, values);
  }
}
