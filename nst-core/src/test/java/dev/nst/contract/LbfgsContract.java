package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.optim.Evaluation;
import dev.nst.optim.Lbfgs;
import dev.nst.optim.LbfgsParameters;
import dev.nst.optim.LbfgsParameters.LineSearch;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.io.IOException;
import net.jqwik.api.Example;

/** What L-BFGS must do on every backend: what {@code torch.optim.LBFGS} does. */
interface LbfgsContract extends OnBench {

  /** Steps that float32 follows; later ones multiply rounding. */
  int FOLLOWED = 10;

  @Example
  default void lbfgsFollowsPyTorchOnAQuadratic() throws IOException {
    check("quadratic.none", new Quadratic(20), 1, 100, LineSearch.NONE, 1e-5);
    check("quadratic.none.short", new Quadratic(20), 0.8, 3, LineSearch.NONE, 1e-2);
    check("quadratic.wolfe", new Quadratic(20), 1, 10, LineSearch.STRONG_WOLFE, 1e-5);
  }

  @Example
  default void lbfgsFollowsPyTorchThroughRosenbrocksValley() throws IOException {
    check("rosenbrock.wolfe", new Rosenbrock(), 1, 100, LineSearch.STRONG_WOLFE, 1e-4);
    // With so little memory the end of 40 steps is still on the way, and rounding decides where.
    check("rosenbrock.wolfe.short", new Rosenbrock(), 0.5, 2, LineSearch.STRONG_WOLFE, 1e-1);
  }

  private void check(
      String run, Problem problem, double rate, int history, LineSearch search, double ending)
      throws IOException {
    Goldens golden = Goldens.read("lbfgs.safetensors");
    float[] losses = golden.values(run + ".losses");
    float[] last = golden.values(run + ".x");
    Minimisation minimisation =
        new Minimisation(bench(), problem, new LbfgsParameters(rate, history, search));
    for (int step = 0; step < losses.length; step++) {
      double loss = minimisation.step();
      if (step < FOLLOWED) {
        assertEquals(losses[step], loss, 2e-3 * losses[step] + 1e-6, run + ", step " + step);
      }
    }
    double[] x = minimisation.x();
    for (int i = 0; i < x.length; i++) {
      assertEquals(last[i], x[i], ending, run + ", x[" + i + "] at the end");
    }
  }

  @Example
  default void withALineSearchNoStepOfLbfgsRaisesTheLoss() {
    Minimisation minimisation =
        new Minimisation(
            bench(), new Rosenbrock(), new LbfgsParameters(1, 5, LineSearch.STRONG_WOLFE));
    double before = Double.POSITIVE_INFINITY;
    for (int step = 0; step < 60; step++) {
      double loss = minimisation.step();
      assertTrue(loss <= before, "step " + step + " raised the loss to " + loss);
      before = loss;
    }
    assertTrue(before < 1e-6, "the loss after 60 steps is " + before);
  }

  @Example
  default void lbfgsEvaluatesOnceAStepUnlessItSearches() {
    Minimisation plain =
        new Minimisation(bench(), new Quadratic(20), new LbfgsParameters(1, 10, LineSearch.NONE));
    for (int step = 1; step <= 5; step++) {
      plain.step();
      assertEquals(step, plain.evaluations);
    }
  }

  @Example
  default void lbfgsStandsStillAtTheMinimumAndWhereTheGradientIsNoNumber() {
    for (LineSearch search : LineSearch.values()) {
      for (double slope : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
        Minimisation minimisation =
            new Minimisation(bench(), new Constant(slope), new LbfgsParameters(1, 3, search));
        minimisation.step();
        minimisation.step();
        bench().checkExact("x", new Constant(slope).start(), minimisation.x);
      }
    }
  }

  @Example
  default void aRestartedLbfgsBeginsAlongTheGradientAgain() {
    LbfgsParameters parameters = new LbfgsParameters(1, 10, LineSearch.STRONG_WOLFE);
    Minimisation used = new Minimisation(bench(), new Rosenbrock(), parameters);
    Minimisation fresh = new Minimisation(bench(), new Rosenbrock(), parameters);
    for (int step = 0; step < 5; step++) {
      used.step();
    }
    bench().put(used.x, new Rosenbrock().start());
    used.lbfgs.restart();
    for (int step = 0; step < 5; step++) {
      assertEquals(fresh.step(), used.step());
    }
    bench().checkExact("x", fresh.x(), used.x);
  }

  /** A function with its gradient. */
  interface Problem {
    double[] start();

    double evaluate(double[] x, double[] gradient);
  }

  /** Of {@code scripts/goldens/make_lbfgs_golden.py}. */
  record Quadratic(int size) implements Problem {
    @Override
    public double[] start() {
      return new double[size];
    }

    @Override
    public double evaluate(double[] x, double[] gradient) {
      double loss = 0;
      for (int i = 0; i < size; i++) {
        double curvature = Math.pow(50, i / (size - 1.0));
        double distance = x[i] - Math.cos(3 * i);
        gradient[i] = curvature * distance;
        loss += curvature / 2 * distance * distance;
      }
      return loss;
    }
  }

  /** Two of Rosenbrock's valleys. */
  record Rosenbrock() implements Problem {
    @Override
    public double[] start() {
      return new double[] {-1.2f, 1, -1.2f, 1};
    }

    @Override
    public double evaluate(double[] x, double[] gradient) {
      double loss = 0;
      for (int i = 0; i < x.length; i += 2) {
        double off = x[i + 1] - x[i] * x[i];
        double left = 1 - x[i];
        gradient[i] = -400 * x[i] * off - 2 * left;
        gradient[i + 1] = 200 * off;
        loss += 100 * off * off + left * left;
      }
      return loss;
    }
  }

  /** The same gradient everywhere. */
  record Constant(double slope) implements Problem {
    @Override
    public double[] start() {
      return new double[] {1, 2, 3};
    }

    @Override
    public double evaluate(double[] x, double[] gradient) {
      gradient[1] = slope;
      return slope;
    }
  }

  /** A problem on its way, evaluated by the host. */
  final class Minimisation implements Evaluation {
    private final Workbench bench;
    private final Problem problem;
    private final Tensor x;
    private final Lbfgs lbfgs;
    private int evaluations;

    Minimisation(Workbench bench, Problem problem, LbfgsParameters parameters) {
      this.bench = bench;
      this.problem = problem;
      double[] start = problem.start();
      Shape shape = Shape.vector(start.length);
      x = bench.floats(shape, start);
      lbfgs = new Lbfgs(bench.backend(), bench.arena(), shape, parameters);
    }

    double step() {
      return lbfgs.step(x, this);
    }

    double[] x() {
      return bench.read(x);
    }

    @Override
    public double evaluate(Tensor gradient) {
      evaluations++;
      double[] values = bench.read(x);
      double[] slopes = new double[values.length];
      double loss = problem.evaluate(values, slopes);
      bench.put(gradient, slopes);
      return loss;
    }
  }
}
