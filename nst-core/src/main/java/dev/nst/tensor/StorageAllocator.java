package dev.nst.tensor;

/** Where an {@link Arena} gets its blocks from; implemented by every backend. */
public interface StorageAllocator {

  /**
   * Returns the bytes that a tensor takes in this backend's physical layout, padding included.
   *
   * @param shape logical shape
   * @param type element type
   */
  long bytesFor(Shape shape, DType type);

  /**
   * Returns a new block whose contents are undefined.
   *
   * @param bytes a value that {@link #bytesFor} returned
   * @throws dev.nst.NstException if the memory is not to be had
   */
  Storage allocate(long bytes);
}
