package dev.nst.backend;

import dev.nst.tensor.Tensor;

/**
 * Kernels on whole tensors that optimisers and statistics of feature maps are made of, beside those
 * of the network in {@link Backend}, whose conventions hold here too. "Scalar" is a float32 tensor
 * of one element. Sums are taken in at least float32, in an order of their own that does not depend
 * on the number of threads.
 */
public interface TensorAlgebra {

  // ---- vectors --------------------------------------------------------------------------------

  /**
   * {@code result = sum over i of a[i] * b[i]}.
   *
   * @param result scalar
   * @param a float32
   * @param b float32, of the same shape; may be {@code a}
   */
  void dot(Tensor result, Tensor a, Tensor b);

  /**
   * {@code result = sum over i of |x[i]|}.
   *
   * @param result scalar
   * @param x float32 or features
   */
  void absoluteSum(Tensor result, Tensor x);

  /**
   * {@code y = y + factor * x} on float32 tensors of one shape.
   *
   * @param y updated
   */
  void addScaled(Tensor y, Tensor x, float factor);

  /**
   * {@code y = factor * (base + offset)^exponent * x}: a product with a number that only the device
   * knows. {@code y} may be {@code x}, which may be {@code base}.
   *
   * @param y float32 or features
   * @param x of the shape and type of y
   * @param base scalar
   */
  void scaleByPower(Tensor y, Tensor x, Tensor base, float offset, float exponent, float factor);

  // ---- statistics of feature maps -------------------------------------------------------------

  /**
   * {@code mean[c] = sum over positions p of x[c,p] / (H*W)}.
   *
   * @param mean float32 vector of C numbers
   * @param x features {@code [1, C, H, W]}
   */
  void channelMeans(Tensor mean, Tensor x);

  /**
   * {@code x[c,p] = x[c,p] + v[c]} at every position.
   *
   * @param x features {@code [1, C, H, W]}, updated
   * @param v float32 vector of C numbers
   */
  void addToChannels(Tensor x, Tensor v);

  /**
   * Covariance from the second moment: {@code s[i,j] = moment[i,j] - mean[i] * mean[j] + (i == j ?
   * ridge : 0)}.
   *
   * @param s float32 {@code [C, C]}; may be {@code moment}
   * @param moment float32 {@code [C, C]}
   * @param mean float32 vector of C numbers
   * @param ridge what keeps a channel without variance from making the matrix singular
   */
  void covariance(Tensor s, Tensor moment, Tensor mean, float ridge);

  /**
   * {@code c = alpha * a * b} as {@link Backend#gemm}, but in float32 whatever the backend's {@link
   * Precision}: for iterations that do not forgive rounded factors.
   */
  void product(Tensor c, Tensor a, Tensor b, float alpha);

  // ---- regions --------------------------------------------------------------------------------

  /**
   * {@code y[n,c,i,j] = mask[i,j] * x[n,c,i,j]}; {@code y} may be {@code x}.
   *
   * @param y features {@code [N, C, H, W]}
   * @param x features of the same shape
   * @param mask float32 {@code [1, 1, H, W]}
   */
  void multiplyMask(Tensor y, Tensor x, Tensor mask);
}
