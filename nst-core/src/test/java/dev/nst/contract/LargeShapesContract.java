package dev.nst.contract;

import dev.nst.backend.Backend;
import dev.nst.tensor.Shape;
import java.util.Map;
import net.jqwik.api.Example;

/**
 * Every kernel at shapes for which {@link Reference64} would take too long: sums that are cut into
 * slices, pictures that are cut into chunks. Another backend, which the other contracts hold to the
 * reference, says what is right.
 */
public abstract class LargeShapesContract {

  private static final MapCase[] CASES = {
    new MapCase(Shape.features(600, 6, 5), 21, 1),
    new MapCase(Shape.features(21, 6, 5), 600, 2),
    new MapCase(Shape.features(130, 31, 29), 70, 3),
    new MapCase(Shape.features(19, 131, 127), 17, 4),
    new MapCase(Shape.features(3, 251, 239), 35, 5)
  };

  /** Opens the backend under test. */
  protected abstract Backend openBackend();

  /** Opens a backend of the same precision to compare with. */
  protected abstract Backend openReference();

  @Example
  void everyKernelAgreesWithTheOtherBackend() {
    Backend backend = openBackend();
    Tolerances tolerances = Tolerances.of(backend.precision());
    try (Workbench bench = new Workbench(backend, tolerances);
        Workbench reference = new Workbench(openReference(), tolerances)) {
      for (MapCase some : CASES) {
        Map<String, double[]> expected = results(reference, some);
        results(bench, some)
            .forEach(
                (name, actual) -> {
                  double[] exact = expected.get(name);
                  double magnitude = Workbench.largest(exact);
                  bench.check(name, tolerances.products(), exact, magnitude, actual);
                });
      }
      System.out.print(bench.report(getClass().getSimpleName()));
    }
  }

  private static Map<String, double[]> results(Workbench bench, MapCase some) {
    Map<String, double[]> results =
        KernelCall.resultsOfEveryKernel(bench, some.shape(), some.channels(), some.seed());
    bench.renew();
    return results;
  }
}
