package dev.nst.contract;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import net.jqwik.api.ForAll;

/** What the element-wise kernels must do, on float32 tensors and on features. */
interface ElementwiseContract extends OnBench {

  private Set<DType> types() {
    return new LinkedHashSet<>(Arrays.asList(DType.F32, bench().backend().featureType()));
  }

  private Tensor tensor(DType type, Shape shape, double[] values) {
    return bench().put(bench().poisoned(shape, type), values);
  }

  @KernelProperty
  default void fillWritesEveryElement(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    float value = some.values(bench).factor();
    double[] expected = new double[Reference64.size(some.shape())];
    Arrays.fill(expected, value);
    for (DType type : types()) {
      Tensor y = bench.poisoned(some.shape(), type);
      bench.backend().fill(y, value);
      bench.checkExact("fill", expected, y);
    }
  }

  @KernelProperty
  default void copyKeepsEveryElementBetweenAnyTwoTypes(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    double[] x = some.values(bench).features(some.shape());
    for (DType from : types()) {
      for (DType to : types()) {
        Tensor input = tensor(from, some.shape(), x);
        Tensor y = bench.poisoned(some.shape(), to);
        bench.backend().copy(y, input);
        bench.checkExact("copy", x, y);
        bench.checkExact("copy leaves x alone", x, input);
      }
    }
  }

  @KernelProperty
  default void addIsTheSumAlsoInPlace(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] a = values.features(some.shape());
    double[] b = values.features(some.shape());
    double[] expected = Reference64.add(a, b);
    double[] doubled = Reference64.add(expected, expected);
    double magnitude = Workbench.largest(a) + Workbench.largest(b);
    Tolerance tolerance = bench.tolerances().elementwise();
    for (DType type : types()) {
      Tensor left = tensor(type, some.shape(), a);
      Tensor right = tensor(type, some.shape(), b);
      Tensor y = bench.poisoned(some.shape(), type);
      bench.backend().add(y, left, right);
      bench.check("add", tolerance, expected, magnitude, y);
      bench.checkExact("add leaves a alone", a, left);
      bench.checkExact("add leaves b alone", b, right);
      bench.backend().add(left, left, right);
      bench.check("add to a", tolerance, expected, magnitude, left);
      bench.put(left, a);
      bench.backend().add(right, left, right);
      bench.check("add to b", tolerance, expected, magnitude, right);
      bench.backend().add(y, y, y);
      bench.check("add to itself", tolerance, doubled, 2 * magnitude, y);
    }
  }

  @KernelProperty
  default void scaleMultipliesAlsoInPlace(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] x = values.features(some.shape());
    float factor = values.factor();
    double[] expected = Reference64.scale(x, factor);
    for (DType type : types()) {
      Tensor input = tensor(type, some.shape(), x);
      Tensor y = bench.poisoned(some.shape(), type);
      bench.backend().scale(y, input, factor);
      bench.check("scale", bench.tolerances().elementwise(), expected, y);
      bench.checkExact("scale leaves x alone", x, input);
      bench.backend().scale(input, input, factor);
      bench.check("scale in place", bench.tolerances().elementwise(), expected, input);
    }
  }

  @KernelProperty
  default void affineChannelsMapsEachChannelAlsoInPlace(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    Shape shape = some.shape();
    double[] x = values.floats(shape);
    double[] factor = values.floats(shape.c());
    double[] offset = values.floats(shape.c());
    double[] expected = Reference64.affine(x, shape, factor, offset);
    double magnitude = Workbench.largest(x) * Workbench.largest(factor) + Workbench.largest(offset);
    Tensor input = bench.floats(shape, x);
    Tensor y = bench.poisonedFloats(shape);
    float[] factors = Workbench.single(factor);
    float[] offsets = Workbench.single(offset);
    Tolerance tolerance = bench.tolerances().elementwise();
    bench.backend().affineChannels(y, input, factors, offsets);
    bench.check("affineChannels", tolerance, expected, magnitude, y);
    bench.checkExact("affineChannels leaves x alone", x, input);
    bench.backend().affineChannels(input, input, factors, offsets);
    bench.check("affineChannels in place", tolerance, expected, magnitude, input);
  }
}
