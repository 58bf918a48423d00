package dev.nst.tensor;

/** A block of a backend's memory. Only the backend that made it knows what is inside. */
public interface Storage {

  /** Returns the size of the block in bytes. */
  long bytes();

  /** Gives the block back to where it came from. It must not be used afterwards. */
  void free();
}
