package dev.nst.image;

import dev.nst.NstException;
import java.util.Arrays;
import java.util.List;

/** Pictures side by side on white, all of one height, for people to compare. */
public final class ContactSheet {

  private ContactSheet() {}

  /**
   * Lays out pictures row by row. Each keeps its shape; a row is as wide as its pictures, and the
   * sheet as its widest row. What is transparent is white.
   *
   * @param pictures at least one
   * @param columns pictures in a row, at least 1
   * @param height of each picture in pixels, at least 1
   * @param gap white pixels between pictures and around them, at least 0
   * @throws NstException if there is no picture, or a number is too small
   */
  public static Image of(List<Image> pictures, int columns, int height, int gap) {
    if (pictures.isEmpty() || columns < 1 || height < 1 || gap < 0) {
      throw new NstException(
          "A contact sheet needs at least one picture, one column, a height of one pixel and a gap"
              + " of none, got %d, %d, %d and %d."
                  .formatted(pictures.size(), columns, height, gap));
    }
    List<Image> equal = pictures.stream().map(picture -> withHeight(picture, height)).toList();
    int rows = (equal.size() + columns - 1) / columns;
    int widest = 0;
    for (int row = 0; row < rows; row++) {
      widest = Math.max(widest, width(rowOf(equal, row, columns), gap));
    }
    Dimensions size = new Dimensions(widest, gap + rows * (height + gap));
    float[] sheet = new float[Math.toIntExact(Image.CHANNELS * size.pixels())];
    Arrays.fill(sheet, 1);
    for (int row = 0; row < rows; row++) {
      int x = gap;
      for (Image picture : rowOf(equal, row, columns)) {
        paste(sheet, size, picture, x, gap + row * (height + gap));
        x += picture.width() + gap;
      }
    }
    return Image.wrap(size.width(), size.height(), sheet);
  }

  private static Image withHeight(Image picture, int height) {
    int width = Math.max(1, Math.round((float) picture.width() * height / picture.height()));
    return Resize.bilinear(picture, width, height).onWhite();
  }

  private static List<Image> rowOf(List<Image> pictures, int row, int columns) {
    return pictures.subList(row * columns, Math.min(pictures.size(), (row + 1) * columns));
  }

  private static int width(List<Image> row, int gap) {
    return gap + row.stream().mapToInt(picture -> picture.width() + gap).sum();
  }

  private static void paste(float[] sheet, Dimensions size, Image picture, int x, int y) {
    float[] values = picture.values();
    int width = picture.width();
    for (int c = 0; c < Image.CHANNELS; c++) {
      for (int i = 0; i < picture.height(); i++) {
        int from = (c * picture.height() + i) * width;
        int to = (c * size.height() + y + i) * size.width() + x;
        System.arraycopy(values, from, sheet, to, width);
      }
    }
  }
}
