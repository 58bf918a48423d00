package dev.nst.contract;

import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;

/** The {@link KernelCall}s of {@link TensorAlgebra}. */
final class AlgebraCalls {

  private AlgebraCalls() {}

  static List<KernelCall> of(Workbench bench, Shape in, Values values) {
    TensorAlgebra algebra = bench.backend().algebra();
    Shape square = Shape.matrix(in.c(), in.c());
    Shape vector = Shape.vector(in.c());
    Shape one = Shape.scalar();
    return List.of(
        call("dot", t -> algebra.dot(t.get(0), t.get(1), t.get(2)), bench, values, one, in, in),
        call(
            "scaleByPower",
            t -> algebra.scaleByPower(t.get(0), t.get(1), t.get(2), 9, -0.5f, 2),
            bench,
            values,
            in,
            in,
            one),
        call("addScaled", t -> algebra.addScaled(t.get(0), t.get(1), 0.5f), bench, values, in, in),
        call(
            "covariance",
            t -> algebra.covariance(t.get(0), t.get(1), t.get(2), 0.5f),
            bench,
            values,
            square,
            square,
            vector),
        call(
            "product",
            t -> algebra.product(t.get(0), t.get(1), t.get(2), 0.5f),
            bench,
            values,
            square,
            square,
            square),
        features(
            "absoluteSum", t -> algebra.absoluteSum(t.get(0), t.get(1)), bench, values, one, in),
        features(
            "channelMeans",
            t -> algebra.channelMeans(t.get(0), t.get(1)),
            bench,
            values,
            vector,
            in),
        new KernelCall(
            "addToChannels",
            1,
            List.of(map(bench, values, in), floats(bench, values, vector)),
            t -> algebra.addToChannels(t.get(0), t.get(1))),
        new KernelCall(
            "multiplyMask",
            1,
            List.of(
                map(bench, values, in),
                map(bench, values, in),
                floats(bench, values, Shape.matrix(in.h(), in.w()))),
            t -> algebra.multiplyMask(t.get(0), t.get(1), t.get(2))));
  }

  /** A kernel on float32 tensors of some shapes. */
  private static KernelCall call(
      String name, Consumer<List<Tensor>> kernel, Workbench bench, Values values, Shape... shapes) {
    return new KernelCall(
        name, 1, List.of(shapes).stream().map(s -> floats(bench, values, s)).toList(), kernel);
  }

  /** A kernel that writes float32 numbers and reads a feature map. */
  private static KernelCall features(
      String name,
      Consumer<List<Tensor>> kernel,
      Workbench bench,
      Values values,
      Shape result,
      Shape in) {
    return new KernelCall(
        name, 1, List.of(floats(bench, values, result), map(bench, values, in)), kernel);
  }

  private static Tensor floats(Workbench bench, Values values, Shape shape) {
    return bench.floats(shape, values.gaussian(Reference64.size(shape), 1));
  }

  private static Tensor map(Workbench bench, Values values, Shape shape) {
    return bench.features(shape, values.features(shape));
  }
}
