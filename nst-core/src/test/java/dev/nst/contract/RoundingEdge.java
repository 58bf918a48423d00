package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.nst.tensor.Shape;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Two inputs of a loss, next to each other, of which the loss of one is rounded down and that of
 * the other up. A sum in double that is a single unit in the last place larger or smaller than it
 * was shows in the loss of one of them, though elsewhere no order of its terms shows in a float.
 *
 * @param below an input whose loss is the smaller one
 * @param above the same with one number increased to the next float
 */
record RoundingEdge(float[] below, float[] above) {

  /** Exponents of the largest and smallest factors of the numbers. */
  private static final int DEEPEST = 12;

  /** Bits of a number that moves the mean of any input here. */
  private static final int LARGEST = Float.floatToIntBits(1e8f);

  /**
   * Finds an edge, by bisection of two isolated pixels: the first comes as close to it as its
   * floats allow, the second, of much smaller numbers, goes the rest.
   *
   * @param shape of the input, with sides of at least 8
   * @param seed of the numbers around those pixels, Gaussian ones of widely different magnitudes
   * @param loss a float that does not fall when an isolated pixel rises from 0
   */
  static RoundingEdge of(Shape shape, long seed, ToDoubleFunction<float[]> loss) {
    float[] input = new float[Reference64.size(shape)];
    Random random = new Random(seed);
    for (int i = 0; i < input.length; i++) {
      // Numbers of about one size have sums that are exact in double, in any order.
      int exponent = random.nextInt(2 * DEEPEST + 1) - DEEPEST;
      input[i] = (float) Math.scalb(random.nextGaussian(), exponent);
    }
    int first = isolate(input, shape, 1);
    int second = isolate(input, shape, 5);
    double smaller = loss.applyAsDouble(input);
    raise(input, first, smaller, loss);
    raise(input, second, smaller, loss);
    float[] above = input.clone();
    above[second] = Math.nextUp(above[second]);
    assertEquals(smaller, loss.applyAsDouble(input), "below the edge");
    assertNotEquals(smaller, loss.applyAsDouble(above), "above the edge");
    return new RoundingEdge(input, above);
  }

  /** Sets a pixel of the first channel and those around it to 0 and returns where it is. */
  private static int isolate(float[] input, Shape shape, int rowAndColumn) {
    for (int i = rowAndColumn - 1; i <= rowAndColumn + 1; i++) {
      for (int j = rowAndColumn - 1; j <= rowAndColumn + 1; j++) {
        input[i * shape.w() + j] = 0;
      }
    }
    return rowAndColumn * shape.w() + rowAndColumn;
  }

  /** Sets a number to the largest for which the loss stays as it is. */
  private static void raise(float[] input, int at, double smaller, ToDoubleFunction<float[]> loss) {
    // The bits of positive floats are in the order of the floats.
    int stays = 0;
    int rises = LARGEST;
    while (rises - stays > 1) {
      int middle = (stays + rises) >>> 1;
      input[at] = Float.intBitsToFloat(middle);
      if (loss.applyAsDouble(input) == smaller) {
        stays = middle;
      } else {
        rises = middle;
      }
    }
    input[at] = Float.intBitsToFloat(stays);
  }
}
