package dev.nst.backend;

/**
 * Frozen weights and bias of a 3x3 convolution in whatever form a backend's kernels read them. Made
 * by {@link Backend#prepareFilter}.
 */
public interface ConvFilter extends AutoCloseable {

  /** Returns K, the channels of the convolution's output. */
  int outChannels();

  /** Returns C, the channels of the convolution's input. */
  int inChannels();

  /** Returns the bytes held, all transformed copies included. */
  long bytes();

  /** Gives the memory back. */
  @Override
  void close();
}
