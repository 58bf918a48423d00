package dev.nst.autograd.op;

import dev.nst.autograd.Op;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.backend.Backend;
import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Squared Wasserstein-2 distance of two Gaussians, that of a feature map's positions and a constant
 * one, over the number of channels (Dowson and Landau 1982; as a style term: crowsonkb's
 * style-transfer-pytorch).
 *
 * <p>{@code L = w (mean((m - m')^2) + tr(S + S' - 2 (R S R)^(1/2)) / C)} with m and S the mean and
 * covariance (plus 1e-4 I) of the map's N = H W positions, m' and S' the target's, {@code R =
 * S'^(1/2)}. Its gradient is {@code dL/dF = (2 w / (N C)) (P (F - m 1t) + (m - m') 1t)} with {@code
 * P = I - R (R S R)^(-1/2) R}.
 *
 * <p>Both roots come from one Newton-Schulz iteration of 12 steps ({@link MatrixRoots}); the
 * gradient is this closed form with the inverse root that the iteration gives along with the root,
 * which costs nothing more. It is exact where the iteration has converged. Saves F, m and the
 * inverse root.
 */
public record Wasserstein(
    Variable features, Target target, Tensor mean, Tensor inverseRoot, float weight) implements Op {

  /** What keeps channels that never fire from making a covariance singular. */
  public static final float RIDGE = 1e-4f;

  /**
   * The constant Gaussian.
   *
   * @param mean m', float32 vector {@code [C]}
   * @param covariance S', float32 {@code [C, C]}, the ridge included
   * @param root R, its square root
   * @param identity float32 {@code [C, C]}
   */
  public record Target(Tensor mean, Tensor covariance, Tensor root, Tensor identity) {

    /**
     * Prepares a target.
     *
     * @param arena where it is kept
     * @param scratch for working space, given back at once
     * @param mean float32 vector {@code [C]}
     * @param secondMoment {@code F Ft / N}, float32 {@code [C, C]}
     */
    public static Target of(
        Backend backend, Arena arena, Arena scratch, Tensor mean, Tensor secondMoment) {
      Tensor identity = MatrixRoots.identity(backend, arena, mean.shape().w());
      Tensor keptMean = arena.allocate(mean.shape());
      backend.copy(keptMean, mean);
      Tensor covariance = arena.allocate(secondMoment.shape());
      backend.algebra().covariance(covariance, secondMoment, mean, RIDGE);
      MatrixRoots roots = MatrixRoots.of(backend, scratch, covariance, identity);
      Tensor root = arena.allocate(covariance.shape());
      backend.copy(root, roots.root());
      roots.root().release();
      roots.inverse().release();
      return new Target(keptMean, covariance, root, identity);
    }
  }

  /**
   * Returns the weighted distance.
   *
   * @param features {@code [1, C, H, W]}
   * @param weight w
   * @return float32 scalar
   */
  public static Variable apply(Tape tape, Variable features, Target target, float weight) {
    Shape square = Gram.outputShape("Wasserstein", features);
    Shapes.requireSame("Wasserstein", square, target.covariance().shape());
    Backend backend = tape.backend();
    TensorAlgebra algebra = backend.algebra();
    Tensor mean = tape.allocate(target.mean().shape());
    Tensor covariance = tape.allocate(square);
    algebra.channelMeans(mean, features.value());
    backend.gram(covariance, features.value(), 1f / features.shape().area());
    algebra.covariance(covariance, covariance, mean, RIDGE);

    Tensor half = tape.allocate(square);
    Tensor whole = tape.allocate(square);
    algebra.product(half, target.root(), covariance, 1);
    algebra.product(whole, half, target.root(), 1);
    half.release();
    MatrixRoots roots = MatrixRoots.of(backend, mean.arena(), whole, target.identity());
    whole.release();

    Tensor loss = tape.allocate(Shape.scalar());
    backend.meanSquaredError(loss, mean, target.mean(), weight);
    algebra.addScaled(covariance, target.covariance(), 1);
    algebra.addScaled(covariance, roots.root(), -2);
    roots.root().release();
    Tensor trace = tape.allocate(Shape.scalar());
    algebra.dot(trace, covariance, target.identity());
    covariance.release();
    algebra.addScaled(loss, trace, weight / square.w());
    trace.release();
    if (!features.requiresGradient()) {
      mean.release();
      roots.inverse().release();
    }
    return tape.record(
        loss, new Wasserstein(features, target, mean, roots.inverse(), weight), features);
  }

  @Override
  public void backward(Tape tape, Tensor gradOutput) {
    Backend backend = tape.backend();
    TensorAlgebra algebra = backend.algebra();
    Shape square = inverseRoot.shape();
    float factor = (float) ((double) weight / features.shape().size());
    // P', which is P times gradOutput * w / (N C).
    Tensor half = tape.allocate(square);
    Tensor transport = tape.allocate(square);
    algebra.product(half, target.root(), inverseRoot, 1);
    algebra.product(transport, half, target.root(), -1);
    half.release();
    inverseRoot.release();
    algebra.addScaled(transport, target.identity(), 1);
    algebra.scaleByPower(transport, transport, gradOutput, 0, 1, factor);

    // The same at every position: 2 (m - m') gradOutput w / (N C) - 2 P' m.
    Tensor moved = tape.allocate(mean.shape());
    algebra.product(moved, mean, transport, -2);
    algebra.addScaled(mean, target.mean(), -1);
    algebra.scaleByPower(mean, mean, gradOutput, 0, 1, 2 * factor);
    algebra.addScaled(moved, mean, 1);
    mean.release();

    tape.contribute(
        features,
        (df, accumulate) -> {
          // (P' + P't) F.
          backend.gramBackward(df, transport, features.value(), 1, accumulate);
          algebra.addToChannels(df, moved);
        });
    transport.release();
    moved.release();
  }
}
