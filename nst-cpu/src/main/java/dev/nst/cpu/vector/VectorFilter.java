package dev.nst.cpu.vector;

import dev.nst.backend.ConvFilter;

/** A convolution's weights in the form that its method needs. */
sealed interface VectorFilter extends ConvFilter permits PackedFilter, WinogradFilter {

  /**
   * Returns the filter as one of this backend's.
   *
   * @throws IllegalArgumentException if another backend prepared it
   */
  static VectorFilter of(ConvFilter filter) {
    if (filter instanceof VectorFilter mine) {
      return mine;
    }
    throw new IllegalArgumentException("the filter was prepared by another backend");
  }
}
