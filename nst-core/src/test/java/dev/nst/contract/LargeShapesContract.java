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
        Map<String, double[]> actual = results(bench, some);
        // Kernels that only the one backend fuses are compared with its own in BackendContract.
        results(reference, some)
            .forEach(
                (name, exact) -> {
                  double magnitude = Workbench.largest(exact);
                  Tolerance tolerance =
                      name.startsWith("conv3x3")
                          ? convolutions(tolerances.products())
                          : tolerances.products();
                  bench.check(name, tolerance, exact, magnitude, actual.get(name));
                });
      }
      System.out.print(bench.report(getClass().getSimpleName()));
    }
  }

  /**
   * Wider: the magnitude here is the largest result, not the sum of its terms, which is some ten
   * times that, and Winograd's F(6x6, 3x3) is off by up to 9e-5 of the mean square's root.
   */
  private static Tolerance convolutions(Tolerance products) {
    return new Tolerance(4 * products.abs(), 4 * products.rel());
  }

  private static Map<String, double[]> results(Workbench bench, MapCase some) {
    Map<String, double[]> results =
        KernelCall.resultsOfEveryKernel(bench, some.shape(), some.channels(), some.seed());
    bench.renew();
    return results;
  }
}
