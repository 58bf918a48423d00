package dev.nst.backend;

import dev.nst.tensor.Tensor;

/**
 * Kernels on pictures: float32 tensors {@code [N, C, H, W]}. The conventions of {@link Backend}
 * hold here too.
 */
public interface PictureKernels {

  /**
   * Squared differences of neighbours among eight: {@code loss = straight * (sum dx^2 + sum dy^2) +
   * diagonal * (sum d1^2 + sum d2^2)}.
   *
   * <p>dx and dy run over the pairs of horizontal and vertical neighbours. d1 and d2 are the two
   * diagonals of each 2x2 cell of the picture padded by one replicated pixel, (H + 1) * (W + 1)
   * cells: those at the picture's edge straddle it, so that their diagonals are differences along
   * the edge.
   *
   * @param loss scalar
   */
  void squaredVariation(Tensor loss, Tensor x, float straight, float diagonal);

  /** Gradient of {@link #squaredVariation}: {@code dx (+)= gradLoss * ...}. */
  void squaredVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float straight, float diagonal, boolean accumulate);

  /**
   * {@code x[n,c,i,j] = min(max(x[n,c,i,j], low[c]), high[c])}; NaN stays NaN.
   *
   * @param x updated
   * @param low {@code [C]}
   * @param high {@code [C]}, none below its {@code low}
   */
  void clampChannels(Tensor x, float[] low, float[] high);

  // ---- edges ----------------------------------------------------------------------------------

  /**
   * Pads by one pixel on every side, a copy of the nearest: {@code y[i,j] = x[clamp(i-1),
   * clamp(j-1)]}.
   *
   * @param y float32 {@code [N, C, H+2, W+2]}
   * @param x float32 {@code [N, C, H, W]}
   */
  void replicateEdges(Tensor y, Tensor x);

  /**
   * Gradient of {@link #replicateEdges}: each pixel has the sum over its copies.
   *
   * @param dx float32 {@code [N, C, H, W]}
   * @param dy float32 {@code [N, C, H+2, W+2]}
   */
  void replicateEdgesBackward(Tensor dx, Tensor dy);

  /**
   * Leaves out one pixel on every side: {@code y[i,j] = x[i+1,j+1]}.
   *
   * @param y features {@code [N, C, H, W]}
   * @param x features {@code [N, C, H+2, W+2]}
   */
  void cropEdges(Tensor y, Tensor x);

  /**
   * Gradient of {@link #cropEdges}, 0 on the pixels left out.
   *
   * @param dx features {@code [N, C, H+2, W+2]}
   * @param dy features {@code [N, C, H, W]}
   */
  void cropEdgesBackward(Tensor dx, Tensor dy);
}
