package dev.nst.contract;

import dev.nst.backend.AdamParameters;

/** Adam (Kingma and Ba 2015, Algorithm 1) in double precision. */
public final class ReferenceAdam64 {

  private final AdamParameters parameters;
  private final double[] x;
  private final double[] m;
  private final double[] v;
  private int count;

  /** Starts at a copy of {@code x} with zero moments. */
  public ReferenceAdam64(double[] x, AdamParameters parameters) {
    this.parameters = parameters;
    this.x = x.clone();
    this.m = new double[x.length];
    this.v = new double[x.length];
  }

  /** Takes one step along {@code gradient}. */
  public void step(double[] gradient) {
    count++;
    double b1 = parameters.beta1();
    double b2 = parameters.beta2();
    for (int i = 0; i < x.length; i++) {
      double g = gradient[i];
      m[i] = b1 * m[i] + (1 - b1) * g;
      v[i] = b2 * v[i] + (1 - b2) * g * g;
      double mHat = m[i] / (1 - Math.pow(b1, count));
      double vHat = v[i] / (1 - Math.pow(b2, count));
      x[i] -= parameters.learningRate() * mHat / (Math.sqrt(vHat) + parameters.epsilon());
    }
  }

  /** Returns the optimised values; later steps change them. */
  public double[] x() {
    return x;
  }

  /** Returns the first moment; later steps change it. */
  public double[] m() {
    return m;
  }

  /** Returns the second moment; later steps change it. */
  public double[] v() {
    return v;
  }
}
