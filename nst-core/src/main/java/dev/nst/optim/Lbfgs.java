package dev.nst.optim;

import dev.nst.backend.Backend;
import dev.nst.backend.TensorAlgebra;
import dev.nst.optim.LbfgsParameters.LineSearch;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * L-BFGS for one tensor (Nocedal and Wright 2006, algorithm 7.4 and 7.5), as {@code
 * torch.optim.LBFGS} has it: the first step is along the gradient and no longer than {@code
 * learningRate / |g|_1}; a pair of step s and gradient difference y is kept where {@code y's >
 * 1e-10}, and the initial Hessian is {@code y's / y'y} of the latest pair.
 *
 * <p>Vectors stay on the device. Of each step about two numbers a pair of the history are read
 * back, so the host waits for the device; only the evaluation, which is nearly all of the work, can
 * be recorded and replayed.
 */
public final class Lbfgs {

  /** Pairs of less curvature are not kept, as in PyTorch. */
  private static final double LEAST_CURVATURE = 1e-10;

  private final TensorAlgebra algebra;
  private final Backend backend;
  private final LbfgsParameters parameters;
  private final LbfgsHistory history;
  private final StrongWolfe lineSearch;
  private final DeviceScalar scalar;
  private final Tensor gradient;
  private final Tensor previousGradient;
  private final Tensor direction;
  private boolean evaluated;
  private boolean started;
  private double loss;
  private double stepLength;

  /**
   * Allocates the state, {@code 2 * history + 5} tensors of the shape, four more with a line
   * search.
   *
   * @param arena where the state lives
   * @param shape of the optimised tensor
   */
  public Lbfgs(Backend backend, Arena arena, Shape shape, LbfgsParameters parameters) {
    this.backend = backend;
    this.parameters = parameters;
    algebra = backend.algebra();
    scalar = new DeviceScalar(backend, arena);
    gradient = arena.allocate(shape);
    previousGradient = arena.allocate(shape);
    direction = arena.allocate(shape);
    history = new LbfgsHistory(backend, arena, shape, parameters.history(), scalar);
    lineSearch =
        parameters.lineSearch() == LineSearch.NONE
            ? null
            : new StrongWolfe(backend, arena, shape, scalar, gradient);
  }

  /**
   * Moves {@code x} one step. With a line search, a step after the first starts from what the one
   * before evaluated last, unless {@link #restart} was called in between.
   *
   * @param x float32, updated; left alone where the gradient is zero or not finite
   * @param evaluation of the loss at {@code x}
   * @return the loss before the step
   */
  public double step(Tensor x, Evaluation evaluation) {
    if (!evaluated) {
      loss = evaluation.evaluate(gradient);
      evaluated = true;
    }
    double before = loss;
    chooseDirection();
    double slope = scalar.dot(gradient, direction);
    backend.copy(previousGradient, gradient);
    // False for NaN too: nothing is moved by what is no number.
    if (!(slope < 0) || Double.isInfinite(slope)) {
      evaluated = false;
      return before;
    }
    double rate = parameters.learningRate();
    stepLength = started ? rate : Math.min(1, 1 / scalar.absoluteSum(gradient)) * rate;
    started = true;
    if (lineSearch == null) {
      algebra.addScaled(x, direction, (float) stepLength);
      evaluated = false;
    } else {
      StrongWolfe.Result found =
          lineSearch.search(x, direction, evaluation, stepLength, loss, slope);
      stepLength = found.step();
      loss = found.loss();
    }
    return before;
  }

  private void chooseDirection() {
    if (started) {
      // The pair of the step that led here: y = g - g', s = t d.
      Tensor s = history.spareStep();
      Tensor y = history.spareDifference();
      backend.copy(y, gradient);
      algebra.addScaled(y, previousGradient, -1);
      backend.scale(s, direction, (float) stepLength);
      double curvature = scalar.dot(y, s);
      if (curvature > LEAST_CURVATURE) {
        history.keepSpare(curvature, curvature / scalar.dot(y, y));
      }
    }
    backend.scale(direction, gradient, -1);
    history.applyInverseHessian(direction);
  }

  /**
   * Forgets all curvature and the last evaluation: to be called when {@code x} or what is minimised
   * has changed otherwise than by {@link #step}.
   */
  public void restart() {
    history.clear();
    started = false;
    evaluated = false;
  }
}
