package dev.nst.contract;

import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Add;
import dev.nst.autograd.op.AveragePool2d;
import dev.nst.autograd.op.Conv2d;
import dev.nst.autograd.op.Conv2dBiasRelu;
import dev.nst.autograd.op.Gram;
import dev.nst.autograd.op.GramMse;
import dev.nst.autograd.op.MaxPool2d;
import dev.nst.autograd.op.Mse;
import dev.nst.autograd.op.Normalize;
import dev.nst.autograd.op.Relu;
import dev.nst.autograd.op.Scale;
import dev.nst.autograd.op.TotalVariation;
import dev.nst.backend.ConvFilter;
import dev.nst.contract.GradientCheck.Projection;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * One operation made a scalar, on one leaf, for what must hold of every operation.
 *
 * @param leaf the leaf's value
 * @param projection another scalar of the same leaf
 * @param operation builds the scalar
 */
record SmallGraph(
    Workbench bench,
    Tensor leaf,
    Projection projection,
    BiFunction<Tape, Variable, Variable> operation) {

  private static final Shape SHAPE = Shape.features(3, 4, 5);
  private static final Shape SQUARE = Shape.matrix(3, 3);

  double[] gradient() {
    return gradient(operation);
  }

  double[] gradientOfProjection() {
    return gradient(projection::apply);
  }

  /** Returns the gradient of the sum, walked so that the operation finds a gradient to add to. */
  double[] gradientBesidesProjection() {
    return gradient(
        (tape, x) -> {
          Variable recordedFirst = operation.apply(tape, x);
          return Add.apply(tape, recordedFirst, projection.apply(tape, x));
        });
  }

  private double[] gradient(BiFunction<Tape, Variable, Variable> graph) {
    Tape tape = new Tape(bench.backend(), bench.arena());
    Variable x = tape.leaf(leaf);
    tape.backward(graph.apply(tape, x), 1);
    return bench.read(tape.gradient(x));
  }

  static List<SmallGraph> ofEveryOperation(Workbench bench) {
    Values values = new Values(8, bench.backend().featureType());
    List<SmallGraph> graphs = new ArrayList<>();
    addImageOperations(graphs, bench, values);
    addFeatureOperations(graphs, bench, values);
    return graphs;
  }

  private static void addImageOperations(List<SmallGraph> graphs, Workbench bench, Values values) {
    Tensor image = bench.floats(SHAPE, values.gaussian(Reference64.size(SHAPE), 1));
    Projection other = Projection.ofFloats(bench, values, SHAPE);
    Projection end = Projection.ofFloats(bench, values, SHAPE);
    List<BiFunction<Tape, Variable, Variable>> operations = new ArrayList<>();
    float[] factor = {2, 3, -1};
    float[] offset = {1, 0, -1};
    operations.add((tape, x) -> end.apply(tape, Normalize.apply(tape, x, factor, offset)));
    operations.add((tape, x) -> TotalVariation.apply(tape, x, 50, 50));
    addConvolutions(operations, bench, values);
    addAll(operations, graphs, bench, image, other);
  }

  private static void addFeatureOperations(
      List<SmallGraph> graphs, Workbench bench, Values values) {
    Tensor features = bench.features(SHAPE, values.gaussianFeatures(SHAPE));
    Projection other = Projection.ofFeatures(bench, values, SHAPE);
    Projection end = Projection.ofFeatures(bench, values, SHAPE);
    Projection pooledEnd = Projection.ofFeatures(bench, values, SHAPE.pooled());
    Projection gramEnd = Projection.ofFloats(bench, values, SQUARE);
    Tensor targetGram = bench.floats(SQUARE, 1, 2, 3, 2, 4, 5, 3, 5, 6);
    List<BiFunction<Tape, Variable, Variable>> operations = new ArrayList<>();
    addConvolutions(operations, bench, values);
    operations.add((tape, x) -> end.apply(tape, Relu.apply(tape, x)));
    operations.add((tape, x) -> pooledEnd.apply(tape, MaxPool2d.apply(tape, x, 2)));
    operations.add((tape, x) -> pooledEnd.apply(tape, AveragePool2d.apply(tape, x, 2)));
    operations.add((tape, x) -> gramEnd.apply(tape, Gram.apply(tape, x, 0.1f)));
    operations.add((tape, x) -> GramMse.apply(tape, x, targetGram, 0.1f, 2));
    operations.add((tape, x) -> Mse.apply(tape, x, end.target(), 2));
    operations.add((tape, x) -> end.apply(tape, Scale.apply(tape, x, 3)));
    operations.add((tape, x) -> end.apply(tape, Add.apply(tape, x, x)));
    addAll(operations, graphs, bench, features, other);
  }

  private static void addConvolutions(
      List<BiFunction<Tape, Variable, Variable>> operations, Workbench bench, Values values) {
    ConvFilter filter = bench.gaussianFilter(values, 2, SHAPE.c()).prepared();
    Projection end = Projection.ofFeatures(bench, values, SHAPE.withChannels(2));
    operations.add((tape, x) -> end.apply(tape, Conv2d.apply(tape, x, filter)));
    operations.add((tape, x) -> end.apply(tape, Conv2dBiasRelu.apply(tape, x, filter)));
  }

  private static void addAll(
      List<BiFunction<Tape, Variable, Variable>> operations,
      List<SmallGraph> graphs,
      Workbench bench,
      Tensor leaf,
      Projection projection) {
    operations.forEach(operation -> graphs.add(new SmallGraph(bench, leaf, projection, operation)));
  }
}
