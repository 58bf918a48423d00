package dev.nst.backend;

import dev.nst.tensor.Tensor;

/**
 * The one seam between the algorithm and the arithmetic: kernels that write into tensors which the
 * caller allocated. In it are numbers; tapes, layers, file formats and optimiser policy are above
 * it.
 *
 * <p>What is not a kernel stands in {@link Device}. Conventions of every kernel:
 *
 * <ul>
 *   <li>Destinations come first, then inputs, then parameters. Kernels overwrite their destination
 *       unless a parameter {@code accumulate} says that they add to it.
 *   <li>Destinations do not alias inputs, unless the kernel's text allows it.
 *   <li>Tensors are float32, or {@link #featureType} where the text says "features". Scalars
 *       ({@code loss}, {@code gradLoss}) are float32 tensors of one element, so that nothing waits
 *       for the device.
 *   <li>Shapes are checked above the seam, by the ops; kernels may trust them.
 *   <li>The result does not depend on the number of threads, bit for bit.
 * </ul>
 *
 * <p>Default methods compose other kernels; a backend overrides them for speed. All kernels of a
 * backend are called from one thread at a time.
 */
public interface Backend extends Device {

  // ---- convolution ----------------------------------------------------------------------------

  /**
   * Cross-correlation of stride 1 with one pixel of zero padding, plus bias: {@code y[n,k,i,j] =
   * bias[k] + sum over c,u,v of weights[k,c,u,v] * x[n,c,i+u-1,j+v-1]}.
   *
   * @param y features {@code [N, K, H, W]}
   * @param x features or image {@code [N, C, H, W]}
   */
  void conv3x3(Tensor y, Tensor x, ConvFilter filter);

  /** {@link #conv3x3} followed by {@link #relu}. */
  default void conv3x3Relu(Tensor y, Tensor x, ConvFilter filter) {
    conv3x3(y, x, filter);
    relu(y, y);
  }

  /**
   * Gradient of {@link #conv3x3} with respect to its input: the convolution of {@code dy} with the
   * transposed, rotated filter, without bias.
   *
   * @param dx features or image {@code [N, C, H, W]}
   * @param dy features {@code [N, K, H, W]}
   */
  void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter);

  /**
   * Gradient of {@link #conv3x3Relu} with respect to its input.
   *
   * @param dx features or image {@code [N, C, H, W]}
   * @param dy features {@code [N, K, H, W]}; used as working space, undefined afterwards
   * @param y what the forward kernel wrote
   */
  default void conv3x3ReluBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    reluBackward(dy, dy, y);
    conv3x3Backward(dx, dy, filter);
  }

  /**
   * {@link #conv3x3Relu} with another padding: beyond the edge x continues with its nearest pixel
   * instead of zeros.
   *
   * @param y features {@code [N, K, H, W]}
   * @param x features or image {@code [N, C, H, W]}
   * @throws UnsupportedOperationException unless {@link #replicatesEdges} of the filter's input
   */
  default void conv3x3ReluReplicated(Tensor y, Tensor x, ConvFilter filter) {
    throw new UnsupportedOperationException(name() + " pads convolutions with zeros only");
  }

  /**
   * Gradient of {@link #conv3x3ReluReplicated} with respect to its input; tensors as in {@link
   * #conv3x3ReluBackward}.
   *
   * @throws UnsupportedOperationException unless {@link #replicatesEdges} of the filter's input
   */
  default void conv3x3ReluReplicatedBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {
    throw new UnsupportedOperationException(name() + " pads convolutions with zeros only");
  }

  // ---- activation and pooling -----------------------------------------------------------------

  /** {@code y = max(x, 0)} on features; {@code y} may be {@code x}. NaN stays NaN. */
  void relu(Tensor y, Tensor x);

  /**
   * {@code dx = y > 0 ? dy : 0} on features, y being the forward output; {@code dx} may be {@code
   * dy}.
   */
  void reluBackward(Tensor dx, Tensor dy, Tensor y);

  /**
   * Maximum of every 2x2 window, stride 2, times {@code scale}; an odd last row or column is
   * dropped.
   *
   * @param y features {@code [N, C, H/2, W/2]}
   * @param x features {@code [N, C, H, W]}
   */
  void maxPool2x2(Tensor y, Tensor x, float scale);

  /**
   * Gradient of {@link #maxPool2x2}: {@code scale * dy} goes to the first maximum of its window in
   * row-major order, zero elsewhere (dropped rows and columns included).
   *
   * @param dx features {@code [N, C, H, W]}
   * @param dy features {@code [N, C, H/2, W/2]}
   * @param x the forward input
   */
  void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale);

  /** Mean of every 2x2 window, stride 2, times {@code scale}; shapes as in {@link #maxPool2x2}. */
  void averagePool2x2(Tensor y, Tensor x, float scale);

  /** Gradient of {@link #averagePool2x2}: {@code scale * dy / 4} to each position of the window. */
  void averagePool2x2Backward(Tensor dx, Tensor dy, float scale);

  /**
   * Root of the sum of squares of every 2x2 window, stride 2, times {@code scale}; shapes as in
   * {@link #maxPool2x2}.
   */
  void l2Pool2x2(Tensor y, Tensor x, float scale);

  /**
   * Gradient of {@link #l2Pool2x2}: {@code scale * dy * x / sqrt(sum of squares)} to each position
   * of the window, and 0 throughout a window of zeros.
   *
   * @param dx features {@code [N, C, H, W]}
   * @param dy features {@code [N, C, H/2, W/2]}
   * @param x the forward input
   */
  void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale);

  /**
   * {@link #conv3x3Relu} followed by {@link #maxPool2x2}, without the map in between.
   *
   * @param pooled features {@code [N, K, H/2, W/2]}
   * @param switches features of that shape, written: what the gradient needs to know, in a form of
   *     the backend's own (Zeiler and Fergus 2014, section 2.1)
   * @param x features {@code [N, C, H, W]}, sides at least 2
   * @throws UnsupportedOperationException unless {@link #fusesMaxPool} of the filter's channels
   */
  default void conv3x3ReluMaxPool(
      Tensor pooled, Tensor switches, Tensor x, ConvFilter filter, float scale) {
    throw new UnsupportedOperationException(name() + " does not fuse max-pooling");
  }

  /**
   * Gradient of {@link #conv3x3ReluMaxPool} with respect to its input: that of the kernels one by
   * one.
   *
   * @param dx features {@code [N, C, H, W]}
   * @param dy features {@code [N, K, H/2, W/2]}
   * @param switches what the forward kernel wrote
   * @throws UnsupportedOperationException unless {@link #fusesMaxPool} of the filter's channels
   */
  default void conv3x3ReluMaxPoolBackward(
      Tensor dx, Tensor dy, Tensor switches, ConvFilter filter, float scale) {
    throw new UnsupportedOperationException(name() + " does not fuse max-pooling");
  }

  // ---- matrix products ------------------------------------------------------------------------

  /**
   * {@code c = alpha * a * b} on float32 row-major matrices.
   *
   * @param c {@code [M, N]}
   * @param a {@code [M, K]}
   * @param b {@code [K, N]}
   */
  void gemm(Tensor c, Tensor a, Tensor b, float alpha);

  /**
   * Gram matrix {@code g = scale * F Ft} of a feature map read as {@code F = [C, H*W]} (Gatys et
   * al. 2015, eq. 3, with a scale).
   *
   * @param g float32 matrix {@code [C, C]}
   * @param features {@code [1, C, H, W]}
   */
  void gram(Tensor g, Tensor features, float scale);

  /**
   * Gradient of {@link #gram}: {@code df (+)= scale * (dg + dgt) F}.
   *
   * @param df features {@code [1, C, H, W]}
   * @param dg float32 matrix {@code [C, C]}
   * @param features the forward input
   */
  void gramBackward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate);

  // ---- element-wise ---------------------------------------------------------------------------

  /** {@code y = value} everywhere. */
  void fill(Tensor y, float value);

  /** {@code y = x}; shapes equal, types may differ. */
  void copy(Tensor y, Tensor x);

  /** {@code y = a + b}; {@code y} may be either. */
  void add(Tensor y, Tensor a, Tensor b);

  /** {@code y = factor * x}; {@code y} may be {@code x}. */
  void scale(Tensor y, Tensor x, float factor);

  /**
   * {@code y[n,c,i,j] = factor[c] * x[n,c,i,j] + offset[c]}; {@code y} may be {@code x}.
   *
   * @param y float32 {@code [N, C, H, W]}
   * @param factor {@code [C]}
   * @param offset {@code [C]}
   */
  void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset);

  // ---- losses ---------------------------------------------------------------------------------

  /** {@code loss = weight * mean((a - b)^2)} over all elements, accumulated in at least float32. */
  void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight);

  /**
   * {@code da (+)= gradLoss * 2 * weight / size * (a - b)}, the gradient of {@link
   * #meanSquaredError}.
   */
  void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate);

  /**
   * Anisotropic total variation, L1: {@code loss = across * mean |x[..,j+1] - x[..,j]| + down *
   * mean |x[..,i+1,:] - x[..,i,:]|}. A direction of only one pixel contributes zero.
   *
   * @param x float32 {@code [N, C, H, W]}
   */
  void totalVariation(Tensor loss, Tensor x, float across, float down);

  /** Gradient of {@link #totalVariation}, {@code dx (+)= ...}, with sign(0) = 0. */
  void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate);

  // ---- optimiser ------------------------------------------------------------------------------

  /**
   * Undoes loss scaling and adapts the scale: {@code gradient /= scale}; then, if every element is
   * finite, {@code apply = 1} and {@code streak += 1}, and when the streak reaches the growth
   * interval {@code scale = min(scale * growthFactor, largest)} and {@code streak = 0}; otherwise
   * {@code apply = 0}, {@code streak = 0}, {@code scale = max(scale * backoffFactor, smallest)}.
   *
   * @param gradient float32, updated; what it holds afterwards means nothing where {@code apply} is
   *     0
   * @param scale float32 scalar, the factor on the loss that {@code gradient} belongs to, updated
   * @param streak float32 scalar, finite gradients in a row since the scale last changed, updated
   * @param apply float32 scalar, written: 1 where the gradient is good for a step, else 0
   */
  void unscale(Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters);

  /**
   * One step of Adam (Kingma and Ba 2015, Algorithm 1) on float32 tensors of one shape: increments
   * {@code count}, then {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g^2}, {@code x -=
   * lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)} with t the new count. Where {@code apply}
   * is zero nothing changes, whatever the gradient holds.
   *
   * @param x optimised values, updated
   * @param m first moment, updated; zero before the first step
   * @param v second moment, updated; zero before the first step
   * @param count float32 scalar, steps taken so far, updated
   * @param gradient gradient of the loss at {@code x}
   * @param apply float32 scalar: 0 to leave the step out, 1 to take it
   */
  void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters);

  // ---- rooms beside this one ------------------------------------------------------------------

  /** Returns the kernels on whole tensors that optimisers and statistics are made of. */
  TensorAlgebra algebra();

  /** Returns the kernels on pictures. */
  PictureKernels pictures();
}
