package dev.nst.tensor;

/**
 * A block of numbers that lives in an {@link Arena} of a backend. It has a logical NCHW {@link
 * Shape}; how the numbers lie in memory is the backend's private business, so they are reached only
 * through the backend's kernels, {@code upload} and {@code download}.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Tensor {

  private final Arena arena;
  private final Shape shape;
  private final DType type;
  private final Storage storage;
  private boolean released;

  Tensor(Arena arena, Shape shape, DType type, Storage storage) {
    this.arena = arena;
    this.shape = shape;
    this.type = type;
    this.storage = storage;
  }

  /** Returns the logical shape. */
  public Shape shape() {
    return shape;
  }

  /** Returns the element type. */
  public DType type() {
    return type;
  }

  /** Returns the arena that owns this tensor. */
  public Arena arena() {
    return arena;
  }

  /**
   * Returns the storage as the class that the asking backend uses. For backends only.
   *
   * @throws IllegalStateException if this tensor was released
   * @throws IllegalArgumentException if another backend owns this tensor
   */
  public <S extends Storage> S storage(Class<S> kind) {
    if (released) {
      throw new IllegalStateException(
          "tensor " + shape + " of arena '" + arena.name() + "' was used after its release");
    }
    if (!kind.isInstance(storage)) {
      throw new IllegalArgumentException(
          "tensor " + shape + " of arena '" + arena.name() + "' belongs to another backend");
    }
    return kind.cast(storage);
  }

  /** Gives the storage back to the arena; any later use throws. A second release does nothing. */
  public void release() {
    if (!released) {
      arena.release(this);
    }
  }

  boolean isReleased() {
    return released;
  }

  Storage markReleased() {
    released = true;
    return storage;
  }

  @Override
  public String toString() {
    return "Tensor"
        + shape
        + " "
        + type
        + " in '"
        + arena.name()
        + "'"
        + (released ? " (released)" : "");
  }
}
