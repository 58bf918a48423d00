package dev.nst.contract;

import dev.nst.backend.ConvFilter;
import dev.nst.backend.ForwardingBackend;

/** A filter of a backend that stands before another. */
final class WrappedFilter implements ConvFilter {

  private final ForwardingBackend owner;
  private final ConvFilter real;
  private boolean closed;

  WrappedFilter(ForwardingBackend owner, ConvFilter real) {
    this.owner = owner;
    this.real = real;
  }

  /** Returns the real backend's filter behind one of {@code owner}. */
  static ConvFilter real(ForwardingBackend owner, ConvFilter filter) {
    if (filter instanceof WrappedFilter mine && mine.owner == owner) {
      return mine.real;
    }
    throw new IllegalArgumentException("the filter was prepared by another backend");
  }

  boolean isOpen() {
    return !closed;
  }

  @Override
  public int outChannels() {
    return real.outChannels();
  }

  @Override
  public int inChannels() {
    return real.inChannels();
  }

  @Override
  public long bytes() {
    return real.bytes();
  }

  @Override
  public void close() {
    closed = true;
    real.close();
  }
}
