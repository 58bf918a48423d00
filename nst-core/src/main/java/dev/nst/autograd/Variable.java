package dev.nst.autograd;

import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** A tensor as a {@link Tape} sees it: a value that may want a gradient. */
public final class Variable {

  private final Tensor value;
  private final boolean requiresGradient;
  private Tensor gradient;
  private boolean retained;

  Variable(Tensor value, boolean requiresGradient) {
    this.value = value;
    this.requiresGradient = requiresGradient;
  }

  /**
   * Returns the value. The tape releases it during the walk back, unless it is a leaf or retained.
   */
  public Tensor value() {
    return value;
  }

  /** Returns the shape of the value. */
  public Shape shape() {
    return value.shape();
  }

  /** Returns whether a gradient reaches this variable. */
  public boolean requiresGradient() {
    return requiresGradient;
  }

  /**
   * Keeps value alive through the walk back, until the step arena is reset; returns this variable.
   */
  public Variable retain() {
    retained = true;
    return this;
  }

  /**
   * Releases the value if no gradient passes here and nobody retained it: nothing will read it
   * again.
   */
  public void releaseIfUnused() {
    if (!requiresGradient && !retained) {
      value.release();
    }
  }

  boolean isRetained() {
    return retained;
  }

  Tensor gradient() {
    return gradient;
  }

  void setGradient(Tensor gradient) {
    this.gradient = gradient;
  }
}
