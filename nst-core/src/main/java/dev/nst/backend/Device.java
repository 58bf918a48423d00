package dev.nst.backend;

import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.OptionalDouble;

/**
 * What the kernels of a {@link Backend} run on: what it is and can do, its memory, and how a step
 * of kernels is recorded.
 */
public interface Device extends AutoCloseable {

  // ---- identity -------------------------------------------------------------------------------

  /** Returns the provider's name. */
  String name();

  /** Returns what this backend runs on, for a person. */
  String description();

  /** Returns the arithmetic of convolutions and matrix products. */
  Precision precision();

  /** Returns the element type of feature maps and their gradients. */
  DType featureType();

  // ---- memory ---------------------------------------------------------------------------------

  /** Opens an empty arena in this backend's memory; the caller closes it. */
  Arena openArena(String name);

  /**
   * Returns about how many more bytes arenas, filters and {@linkplain #workspaceBytes workspaces}
   * can take here. What workspaces hold already counts as available.
   */
  long availableBytes();

  /**
   * Returns the most bytes that kernels take for themselves, beside tensors and filters; 0 where
   * that is negligible.
   */
  default long workspaceBytes() {
    return 0;
  }

  /**
   * Returns what a person can do to give this backend more memory, as the end of a sentence ("give
   * the JVM more memory (-Xmx)"); empty if there is nothing.
   */
  default String memoryHint() {
    return "";
  }

  /**
   * Returns the bytes that a tensor takes in this backend's layout.
   *
   * @see dev.nst.tensor.StorageAllocator#bytesFor
   */
  long bytesFor(Shape shape, DType type);

  /** Returns the bytes that a {@linkplain #prepareFilter prepared filter} takes. */
  long filterBytes(int outChannels, int inChannels);

  /** Writes {@code source}, in row-major NCHW order, into {@code destination}. */
  void upload(Tensor destination, float[] source);

  /**
   * Writes {@code source} into {@code destination} in row-major NCHW order; waits for pending
   * kernels.
   */
  void download(float[] destination, Tensor source);

  /** Waits until every kernel called so far has finished. */
  void synchronize();

  /**
   * Prepares the frozen weights of a 3x3 convolution.
   *
   * @param weights {@code [K, C, 3, 3]} row-major
   * @param bias {@code [K]}
   * @param outChannels K
   * @param inChannels C
   */
  ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels);

  // ---- abilities --------------------------------------------------------------------------------

  /**
   * Returns whether {@link Backend#conv3x3ReluReplicated} and its gradient exist here for inputs of
   * so many channels. Elsewhere the picture is padded, and what its zero padding reached cut off
   * again.
   */
  default boolean replicatesEdges(int inChannels) {
    return false;
  }

  /**
   * Returns whether {@link Backend#conv3x3ReluMaxPool} and its gradient exist here for filters of
   * so many channels. They need less memory than the kernels one by one, since the map before the
   * pooling is never stored.
   */
  default boolean fusesMaxPool(int outChannels, int inChannels) {
    return false;
  }

  /**
   * Measures the arithmetic peak of the units that do the matrix products, in floating-point
   * operations a second (a multiply-add counts as two), for benchmarks to compare with. Takes a
   * second or less; empty where there is nothing to measure by.
   */
  default OptionalDouble measurePeak() {
    return OptionalDouble.empty();
  }

  /**
   * Measures how many bytes a second kernels read and write together when no cache holds their
   * tensors, for benchmarks to compare with. Takes a second or less; empty where there is nothing
   * to measure by, or no memory for tensors of that size.
   */
  default OptionalDouble measureBandwidth() {
    return OptionalDouble.empty();
  }

  // ---- recording ------------------------------------------------------------------------------

  /**
   * Runs {@code step} once and returns a way to run the same kernels on the same tensors again.
   * Here that is the code itself; a device backend replays what it captured, without running the
   * code.
   */
  default Replay record(Runnable step) {
    return Replay.running(step);
  }

  /** Releases worker threads, workspaces and devices. Arenas and filters must be closed before. */
  @Override
  void close();
}
