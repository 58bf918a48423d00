package dev.nst.converter;

import java.util.List;

/**
 * One tensor of a file of weights, without its elements.
 *
 * @param name its name in the state dict
 * @param type the format of its elements
 * @param shape its extents, outermost first; empty for a scalar
 */
public record CheckpointTensor(String name, ElementType type, List<Integer> shape) {

  /** Makes {@code shape} unmodifiable. */
  public CheckpointTensor {
    shape = List.copyOf(shape);
  }

  /**
   * The number of elements.
   *
   * @return the product of the extents; 1 for a scalar
   */
  public long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /**
   * The size of the elements as the file stores them.
   *
   * @return in bytes
   */
  public long bytes() {
    return elements() * type.bytes();
  }
}
