package dev.nst.weights;

import dev.nst.tensor.DType;
import java.util.List;

/**
 * What a safetensors header says of one tensor.
 *
 * @param dtype the format its elements are stored in
 * @param shape its extents, outermost first; empty for a scalar
 * @param begin where its first byte lies, counted from the end of the header
 * @param end where its last byte ends, exclusive
 */
public record TensorInfo(DType dtype, List<Integer> shape, long begin, long end) {

  /** Makes {@code shape} unmodifiable. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /**
   * The number of elements.
   *
   * @return the product of the extents; 1 for a scalar
   */
  public long elements() {
    return (end - begin) / dtype.bytes();
  }
}
