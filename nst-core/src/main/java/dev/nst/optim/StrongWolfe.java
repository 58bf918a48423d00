package dev.nst.optim;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Line search for the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5 and 3.6)
 * with the cubic interpolation, the safeguards and the constants of {@code torch.optim.LBFGS}.
 */
final class StrongWolfe {

  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final int MOST_EVALUATIONS = 25;

  /** A bracket shorter than this is done with; PyTorch measures by the largest element instead. */
  private static final double TOLERANCE = 1e-9;

  /** A trial closer than this share of the bracket to one of its ends makes too little progress. */
  private static final double MARGIN = 0.1;

  /**
   * Where the search ended.
   *
   * @param step length along the direction
   * @param loss there
   */
  record Result(double step, double loss) {}

  /** A point of the line with its gradient, which lies in a tensor of {@link #kept}. */
  private record Point(double step, double loss, double slope, Tensor gradient) {}

  private final Backend backend;
  private final DeviceScalar scalar;
  private final Tensor gradient;
  private final Tensor start;

  /** Two for the bracket's ends, one for the newest point. */
  private final Tensor[] kept = new Tensor[3];

  private Tensor x;
  private Tensor direction;
  private Evaluation evaluation;
  private int evaluations;

  /**
   * Allocates four tensors of the shape.
   *
   * @param gradient where evaluations write; that of the accepted point when a search is over
   */
  StrongWolfe(Backend backend, Arena arena, Shape shape, DeviceScalar scalar, Tensor gradient) {
    this.backend = backend;
    this.scalar = scalar;
    this.gradient = gradient;
    start = arena.allocate(shape);
    for (int i = 0; i < kept.length; i++) {
      kept[i] = arena.allocate(shape);
    }
  }

  /**
   * Moves {@code x} along {@code direction} to a point with less loss.
   *
   * @param first step to look at first
   * @param loss at {@code x}, whose gradient the gradient tensor holds
   * @param slope derivative of the loss along the direction at {@code x}, below zero
   */
  Result search(
      Tensor x, Tensor direction, Evaluation evaluation, double first, double loss, double slope) {
    this.x = x;
    this.direction = direction;
    this.evaluation = evaluation;
    evaluations = 0;
    backend.copy(start, x);
    backend.copy(kept[0], gradient);
    Point origin = new Point(0, loss, slope, kept[0]);
    Point best = zoom(origin, bracket(origin, first));
    backend.copy(gradient, best.gradient());
    moveTo(best.step());
    return new Result(best.step(), best.loss());
  }

  private void moveTo(double step) {
    backend.copy(x, start);
    backend.algebra().addScaled(x, direction, (float) step);
  }

  /** Evaluates a point, whose gradient goes where neither of the others has its own. */
  private Point evaluate(double step, Point one, Point other) {
    moveTo(step);
    evaluations++;
    double loss = evaluation.evaluate(gradient);
    Tensor free = kept[0];
    for (Tensor candidate : kept) {
      if (candidate != one.gradient() && candidate != other.gradient()) {
        free = candidate;
      }
    }
    backend.copy(free, gradient);
    return new Point(step, loss, scalar.dot(gradient, direction), free);
  }

  /** Two ends between which a good point lies, or one good point twice. */
  private record Bracket(Point one, Point other) {
    boolean isDone() {
      return one == other;
    }
  }

  private static boolean decreases(Point origin, Point point) {
    return point.loss() <= origin.loss() + SUFFICIENT_DECREASE * point.step() * origin.slope();
  }

  private static boolean flattens(Point origin, Point point) {
    return Math.abs(point.slope()) <= -CURVATURE * origin.slope();
  }

  /** Algorithm 3.5: goes on until a bracket is found. */
  private Bracket bracket(Point origin, double first) {
    Point previous = origin;
    Point point = evaluate(first, origin, previous);
    for (int trial = 0; trial < MOST_EVALUATIONS; trial++) {
      if (!decreases(origin, point) || (trial > 1 && point.loss() >= previous.loss())) {
        return new Bracket(previous, point);
      }
      if (flattens(origin, point)) {
        return new Bracket(point, point);
      }
      if (point.slope() >= 0) {
        return new Bracket(previous, point);
      }
      double least = point.step() + 0.01 * (point.step() - previous.step());
      double most = point.step() * 10;
      double next = minimum(previous, point, least, most);
      previous = point;
      point = evaluate(next, previous, origin);
    }
    return new Bracket(origin, point);
  }

  /** Algorithm 3.6: narrows the bracket until its lower end is good, and returns that. */
  private Point zoom(Point origin, Bracket bracket) {
    // A loss that is no number is never the lower one.
    boolean inOrder = !(bracket.other().loss() < bracket.one().loss());
    Point low = inOrder ? bracket.one() : bracket.other();
    Point high = inOrder ? bracket.other() : bracket.one();
    double length = Math.sqrt(scalar.dot(direction, direction));
    boolean insufficient = false;
    while (!bracket.isDone() && evaluations <= MOST_EVALUATIONS) {
      double least = Math.min(low.step(), high.step());
      double most = Math.max(low.step(), high.step());
      if ((most - least) * length < TOLERANCE) {
        break;
      }
      double step = minimum(low, high, least, most);
      double margin = MARGIN * (most - least);
      boolean close = Math.min(most - step, step - least) < margin;
      if (close && (insufficient || step >= most || step <= least)) {
        step = Math.abs(step - most) < Math.abs(step - least) ? most - margin : least + margin;
        close = false;
      }
      insufficient = close;
      Point point = evaluate(step, low, high);
      if (!decreases(origin, point) || point.loss() >= low.loss()) {
        high = point;
        // PyTorch orders the ends by their loss anew.
        if (high.loss() < low.loss()) {
          high = low;
          low = point;
        }
      } else {
        if (flattens(origin, point)) {
          return point;
        }
        if (point.slope() * (high.step() - low.step()) >= 0) {
          high = low;
        }
        low = point;
      }
    }
    return low;
  }

  /** Minimum of the cubic through two points and their slopes, held to bounds. */
  private static double minimum(Point one, Point other, double least, double most) {
    Point left = one.step() <= other.step() ? one : other;
    Point right = left == one ? other : one;
    double width = right.step() - left.step();
    double d1 = left.slope() + right.slope() - 3 * (right.loss() - left.loss()) / width;
    double square = d1 * d1 - left.slope() * right.slope();
    if (!(square >= 0)) {
      return (least + most) / 2;
    }
    double d2 = Math.sqrt(square);
    double share = (right.slope() + d2 - d1) / (right.slope() - left.slope() + 2 * d2);
    return Math.min(Math.max(right.step() - width * share, least), most);
  }
}
