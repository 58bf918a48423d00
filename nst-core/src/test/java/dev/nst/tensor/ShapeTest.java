package dev.nst.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void matricesVectorsAndScalarsAreShapesOfOnePicture() {
    assertEquals(new Shape(1, 1, 1, 1), Shape.scalar());
    assertEquals(new Shape(1, 1, 1, 7), Shape.vector(7));
    assertEquals(new Shape(1, 1, 3, 5), Shape.matrix(3, 5));
    assertEquals(new Shape(1, 64, 3, 5), Shape.features(64, 3, 5));
  }

  @Test
  void refusesADimensionBelowOneAndShowsAllFour() {
    int[][] refused = {{0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, -1, 1}, {1, 1, 1, 0}};
    for (int[] dimensions : refused) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> new Shape(dimensions[0], dimensions[1], dimensions[2], dimensions[3]));
      String shown =
          "[%d, %d, %d, %d]".formatted(dimensions[0], dimensions[1], dimensions[2], dimensions[3]);
      assertTrue(refusal.getMessage().contains(shown), refusal.getMessage());
    }
  }

  @Test
  void countsMoreElementsThanAnIntHolds() {
    assertEquals(1L << 40, new Shape(1 << 10, 1 << 10, 1 << 10, 1 << 10).size());
    assertThrows(ArithmeticException.class, () -> Shape.features(1, 1 << 16, 1 << 16).area());
  }

  @Property
  void poolingHalvesBothSidesAndDropsAnOddLastOne(
      @ForAll @IntRange(min = 2, max = 100) int h, @ForAll @IntRange(min = 2, max = 100) int w) {
    assertEquals(new Shape(2, 3, h / 2, w / 2), new Shape(2, 3, h, w).pooled());
  }

  @Test
  void refusesToPoolASingleRowOrColumn() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, Shape.features(3, 1, 8)::pooled);
    assertTrue(refusal.getMessage().contains("[1, 3, 1, 8]"), refusal.getMessage());
    assertThrows(IllegalArgumentException.class, Shape.features(3, 8, 1)::pooled);
  }

  @Test
  void anotherNumberOfChannelsKeepsTheRest() {
    assertEquals(new Shape(2, 9, 4, 5), new Shape(2, 3, 4, 5).withChannels(9));
  }
}
