package dev.nst.image;

/**
 * How the stored rows and columns of a picture lie when it is looked at: the eight values of the
 * EXIF tag Orientation (0x0112), in its order, which starts at 1. A name says where the stored
 * first row and the stored first column belong.
 *
 * <p>Source: CIPA DC-008 (Exif 2.32), 4.6.4 A.
 */
enum Orientation {
  TOP_LEFT(false, false, false),
  TOP_RIGHT(false, true, false),
  BOTTOM_RIGHT(false, true, true),
  BOTTOM_LEFT(false, false, true),
  LEFT_TOP(true, false, false),
  RIGHT_TOP(true, true, false),
  RIGHT_BOTTOM(true, true, true),
  LEFT_BOTTOM(true, false, true);

  /** Stored rows are columns when looked at. */
  private final boolean transposed;

  /** After transposing, columns run from right to left. */
  private final boolean columnsReversed;

  /** After transposing, rows run from bottom to top. */
  private final boolean rowsReversed;

  Orientation(boolean transposed, boolean columnsReversed, boolean rowsReversed) {
    this.transposed = transposed;
    this.columnsReversed = columnsReversed;
    this.rowsReversed = rowsReversed;
  }

  /** The orientation of a tag's value; values outside 1..8 are ignored as every viewer does. */
  static Orientation ofExif(int value) {
    return value >= 1 && value <= values().length ? values()[value - 1] : TOP_LEFT;
  }

  /** The size of the picture when looked at. */
  Dimensions upright(Dimensions stored) {
    return transposed ? stored.transposed() : stored;
  }

  /** Index of the upright pixel, row by row, that the stored pixel (x, y) becomes. */
  int uprightIndex(Dimensions stored, int x, int y) {
    Dimensions upright = upright(stored);
    int column = transposed ? y : x;
    int row = transposed ? x : y;
    if (columnsReversed) {
      column = upright.width() - 1 - column;
    }
    if (rowsReversed) {
      row = upright.height() - 1 - row;
    }
    return row * upright.width() + column;
  }

  /** By how much {@link #uprightIndex} grows from one stored column to the next. */
  int uprightStep(Dimensions stored) {
    if (transposed) {
      return rowsReversed ? -stored.height() : stored.height();
    }
    return columnsReversed ? -1 : 1;
  }
}
