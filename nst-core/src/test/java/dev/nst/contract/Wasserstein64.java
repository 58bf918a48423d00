package dev.nst.contract;

import dev.nst.tensor.Shape;

/** The Wasserstein-2 style term in double precision, written like its formula. */
final class Wasserstein64 {

  private static final int STEPS = 12;

  /** Mean, and covariance with the ridge. */
  private record Gaussian(double[] mean, double[] covariance) {}

  private final Gaussian target;
  private final double[] root;
  private final Shape shape;

  Wasserstein64(double[] target, Shape shape) {
    this.shape = shape;
    this.target = gaussian(target);
    root = root(this.target.covariance());
  }

  /** {@code mean((m - m')^2) + tr(S + S' - 2 (R S R)^(1/2)) / C}. */
  double of(double[] features) {
    Gaussian x = gaussian(features);
    double[] middle = root(product(product(root, x.covariance()), root));
    double trace = 0;
    for (int c = 0; c < shape.c(); c++) {
      int at = c * shape.c() + c;
      trace += x.covariance()[at] + target.covariance()[at] - 2 * middle[at];
    }
    return Reference64.meanSquaredError(x.mean(), target.mean(), 1) + trace / shape.c();
  }

  private Gaussian gaussian(double[] f) {
    int channels = shape.c();
    double[] mean = new double[channels];
    for (int i = 0; i < f.length; i++) {
      mean[i / shape.area()] += f[i] / shape.area();
    }
    double[] covariance = Reference64.gram(f, shape, 1.0 / shape.area());
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] -= mean[i / channels] * mean[i % channels];
      covariance[i] += i / channels == i % channels ? 1e-4 : 0;
    }
    return new Gaussian(mean, covariance);
  }

  private double[] root(double[] a) {
    double norm = Math.sqrt(Reference64.meanSquaredError(a, new double[a.length], a.length));
    double[] y = Reference64.scale(a, 1 / norm);
    double[] z = identity(1);
    for (int step = 0; step < STEPS; step++) {
      double[] t = Reference64.add(identity(1.5), Reference64.scale(product(z, y), -0.5));
      y = product(y, t);
      z = product(t, z);
    }
    return Reference64.scale(y, Math.sqrt(norm));
  }

  private double[] identity(double factor) {
    double[] matrix = new double[shape.c() * shape.c()];
    for (int c = 0; c < shape.c(); c++) {
      matrix[c * shape.c() + c] = factor;
    }
    return matrix;
  }

  private double[] product(double[] a, double[] b) {
    return Reference64.gemm(a, b, shape.c(), shape.c(), shape.c(), 1);
  }
}
