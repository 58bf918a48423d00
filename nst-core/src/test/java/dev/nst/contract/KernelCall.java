package dev.nst.contract;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.PictureKernels;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A kernel with tensors to run it on, for what must hold of every kernel.
 *
 * @param name the method of {@link Backend}
 * @param results how many of the tensors, from the first, hold results afterwards
 * @param tensors destinations, then inputs
 * @param kernel runs on tensors in that order
 */
record KernelCall(String name, int results, List<Tensor> tensors, Consumer<List<Tensor>> kernel) {

  void run() {
    kernel.accept(tensors);
  }

  Tensor destination() {
    return tensors.get(0);
  }

  /** Returns the same call with another tensor at one place. */
  KernelCall with(int place, Tensor other) {
    List<Tensor> changed = new ArrayList<>(tensors);
    changed.set(place, other);
    return new KernelCall(name, results, List.copyOf(changed), kernel);
  }

  /**
   * Returns a call of every kernel, each on fresh tensors of random numbers.
   *
   * @param shape of the maps, for one picture, with sides of at least 2
   * @param outChannels of the convolution
   */
  static List<KernelCall> ofEveryKernel(Workbench bench, Shape shape, int outChannels, long seed) {
    return new Table(bench, shape, outChannels, seed).calls();
  }

  /**
   * Runs {@linkplain #ofEveryKernel every kernel}.
   *
   * @return what each wrote, by the kernel's name and the tensor's place
   */
  static Map<String, double[]> resultsOfEveryKernel(
      Workbench bench, Shape shape, int outChannels, long seed) {
    Map<String, double[]> results = new LinkedHashMap<>();
    for (KernelCall call : ofEveryKernel(bench, shape, outChannels, seed)) {
      call.run();
      for (int place = 0; place < call.results(); place++) {
        String name = call.name() + (call.results() == 1 ? "" : ", tensor " + place);
        results.put(name, bench.read(call.tensors().get(place)));
      }
    }
    return results;
  }

  private static final class Table {
    private final Workbench bench;
    private final Backend backend;
    private final Values values;
    private final Shape in;
    private final Shape out;
    private final Shape pooled;
    private final Shape square;
    private final ConvFilter filter;

    Table(Workbench bench, Shape shape, int outChannels, long seed) {
      this.bench = bench;
      this.backend = bench.backend();
      this.values = new Values(seed, backend.featureType());
      this.in = shape;
      this.out = shape.withChannels(outChannels);
      this.pooled = shape.pooled();
      this.square = Shape.matrix(shape.c(), shape.c());
      this.filter = bench.filter(values, outChannels, shape.c()).prepared();
    }

    private Tensor map(Shape shape) {
      return bench.features(shape, values.features(shape));
    }

    private Tensor floats(Shape shape) {
      return bench.floats(shape, values.gaussian(Reference64.size(shape), 1));
    }

    private Tensor scalar() {
      return floats(Shape.scalar());
    }

    private static KernelCall call(String name, Consumer<List<Tensor>> kernel, Tensor... tensors) {
      return new KernelCall(name, 1, List.of(tensors), kernel);
    }

    List<KernelCall> calls() {
      List<KernelCall> calls = new ArrayList<>();
      addConvolutions(calls);
      addActivations(calls);
      addMatrixProducts(calls);
      addElementwise(calls);
      addLosses(calls);
      addPictureKernels(calls);
      calls.addAll(AlgebraCalls.of(bench, in, values));
      // Last, so that the others get the same numbers on backends that do not have them.
      if (backend.fusesMaxPool(out.c(), in.c())) {
        addPooledConvolutions(calls);
      }
      return calls;
    }

    private void addConvolutions(List<KernelCall> calls) {
      calls.add(
          call("conv3x3", t -> backend.conv3x3(t.get(0), t.get(1), filter), map(out), map(in)));
      calls.add(
          call(
              "conv3x3Relu",
              t -> backend.conv3x3Relu(t.get(0), t.get(1), filter),
              map(out),
              map(in)));
      calls.add(
          call(
              "conv3x3Backward",
              t -> backend.conv3x3Backward(t.get(0), t.get(1), filter),
              map(in),
              map(out)));
      calls.add(
          call(
              "conv3x3ReluBackward",
              t -> backend.conv3x3ReluBackward(t.get(0), t.get(1), t.get(2), filter),
              map(in),
              map(out),
              map(out)));
    }

    private void addPooledConvolutions(List<KernelCall> calls) {
      calls.add(
          new KernelCall(
              "conv3x3ReluMaxPool",
              2,
              List.of(map(out.pooled()), map(out.pooled()), map(in)),
              t -> backend.conv3x3ReluMaxPool(t.get(0), t.get(1), t.get(2), filter, 2)));
      Tensor pooledMap = map(out.pooled());
      Tensor switches = map(out.pooled());
      backend.conv3x3ReluMaxPool(pooledMap, switches, map(in), filter, 2);
      calls.add(
          call(
              "conv3x3ReluMaxPoolBackward",
              t -> backend.conv3x3ReluMaxPoolBackward(t.get(0), t.get(1), t.get(2), filter, 2),
              map(in),
              map(out.pooled()),
              switches));
    }

    private void addActivations(List<KernelCall> calls) {
      calls.add(call("relu", t -> backend.relu(t.get(0), t.get(1)), map(in), map(in)));
      calls.add(
          call(
              "reluBackward",
              t -> backend.reluBackward(t.get(0), t.get(1), t.get(2)),
              map(in),
              map(in),
              map(in)));
      calls.add(
          call("maxPool2x2", t -> backend.maxPool2x2(t.get(0), t.get(1), 2), map(pooled), map(in)));
      calls.add(
          call(
              "maxPool2x2Backward",
              t -> backend.maxPool2x2Backward(t.get(0), t.get(1), t.get(2), 2),
              map(in),
              map(pooled),
              map(in)));
      calls.add(
          call(
              "averagePool2x2",
              t -> backend.averagePool2x2(t.get(0), t.get(1), 2),
              map(pooled),
              map(in)));
      calls.add(
          call(
              "averagePool2x2Backward",
              t -> backend.averagePool2x2Backward(t.get(0), t.get(1), 2),
              map(in),
              map(pooled)));
      calls.add(
          call("l2Pool2x2", t -> backend.l2Pool2x2(t.get(0), t.get(1), 2), map(pooled), map(in)));
      calls.add(
          call(
              "l2Pool2x2Backward",
              t -> backend.l2Pool2x2Backward(t.get(0), t.get(1), t.get(2), 2),
              map(in),
              map(pooled),
              map(in)));
    }

    private void addMatrixProducts(List<KernelCall> calls) {
      int rows = in.c();
      int inner = in.h();
      int columns = in.w();
      calls.add(
          call(
              "gemm",
              t -> backend.gemm(t.get(0), t.get(1), t.get(2), 0.5f),
              floats(Shape.matrix(rows, columns)),
              floats(Shape.matrix(rows, inner)),
              floats(Shape.matrix(inner, columns))));
      calls.add(call("gram", t -> backend.gram(t.get(0), t.get(1), 0.5f), floats(square), map(in)));
      calls.add(
          call(
              "gramBackward",
              t -> backend.gramBackward(t.get(0), t.get(1), t.get(2), 0.5f, true),
              map(in),
              floats(square),
              map(in)));
    }

    private void addPictureKernels(List<KernelCall> calls) {
      PictureKernels pictures = backend.pictures();
      calls.add(
          call(
              "squaredVariation",
              t -> pictures.squaredVariation(t.get(0), t.get(1), 2, 0.5f),
              scalar(),
              floats(in)));
      calls.add(
          call(
              "squaredVariationBackward",
              t -> pictures.squaredVariationBackward(t.get(0), t.get(1), t.get(2), 2, 0.5f, true),
              floats(in),
              floats(in),
              scalar()));
      float[] low = new float[in.c()];
      float[] high = new float[in.c()];
      Arrays.fill(low, -0.5f);
      Arrays.fill(high, 0.75f);
      calls.add(
          call("clampChannels", t -> pictures.clampChannels(t.get(0), low, high), floats(in)));
      Shape wide = new Shape(in.n(), in.c(), in.h() + 2, in.w() + 2);
      calls.add(
          call(
              "replicateEdges",
              t -> pictures.replicateEdges(t.get(0), t.get(1)),
              floats(wide),
              floats(in)));
      calls.add(
          call(
              "replicateEdgesBackward",
              t -> pictures.replicateEdgesBackward(t.get(0), t.get(1)),
              floats(in),
              floats(wide)));
      calls.add(call("cropEdges", t -> pictures.cropEdges(t.get(0), t.get(1)), map(in), map(wide)));
      calls.add(
          call(
              "cropEdgesBackward",
              t -> pictures.cropEdgesBackward(t.get(0), t.get(1)),
              map(wide),
              map(in)));
    }

    private void addElementwise(List<KernelCall> calls) {
      calls.add(call("fill", t -> backend.fill(t.get(0), 3), map(in)));
      calls.add(call("copy", t -> backend.copy(t.get(0), t.get(1)), map(in), map(in)));
      calls.add(
          call("add", t -> backend.add(t.get(0), t.get(1), t.get(2)), map(in), map(in), map(in)));
      calls.add(call("scale", t -> backend.scale(t.get(0), t.get(1), 0.5f), map(in), map(in)));
      float[] factor = Workbench.single(values.gaussian(in.c(), 1));
      float[] offset = Workbench.single(values.gaussian(in.c(), 1));
      calls.add(
          call(
              "affineChannels",
              t -> backend.affineChannels(t.get(0), t.get(1), factor, offset),
              floats(in),
              floats(in)));
    }

    private void addLosses(List<KernelCall> calls) {
      calls.add(
          call(
              "meanSquaredError",
              t -> backend.meanSquaredError(t.get(0), t.get(1), t.get(2), 2),
              scalar(),
              map(in),
              map(in)));
      calls.add(
          call(
              "meanSquaredErrorBackward",
              t ->
                  backend.meanSquaredErrorBackward(t.get(0), t.get(1), t.get(2), t.get(3), 2, true),
              map(in),
              map(in),
              map(in),
              scalar()));
      calls.add(
          call(
              "totalVariation",
              t -> backend.totalVariation(t.get(0), t.get(1), 2, 0.5f),
              scalar(),
              floats(in)));
      calls.add(
          call(
              "totalVariationBackward",
              t -> backend.totalVariationBackward(t.get(0), t.get(1), t.get(2), 2, 0.5f, true),
              floats(in),
              floats(in),
              scalar()));
      AdamParameters parameters = AdamParameters.withLearningRate(0.1);
      Tensor zeros = bench.floats(in, new double[Reference64.size(in)]);
      Tensor moreZeros = bench.floats(in, new double[Reference64.size(in)]);
      calls.add(
          new KernelCall(
              "adamStep",
              4,
              List.of(
                  floats(in),
                  zeros,
                  moreZeros,
                  bench.floats(Shape.scalar(), 0),
                  floats(in),
                  bench.floats(Shape.scalar(), 1)),
              t ->
                  backend.adamStep(
                      t.get(0), t.get(1), t.get(2), t.get(3), t.get(4), t.get(5), parameters)));
      LossScaling scaling = LossScaling.defaults();
      calls.add(
          new KernelCall(
              "unscale",
              4,
              List.of(
                  floats(in),
                  bench.floats(Shape.scalar(), 1024),
                  bench.floats(Shape.scalar(), 7),
                  scalar()),
              t -> backend.unscale(t.get(0), t.get(1), t.get(2), t.get(3), scaling)));
    }
  }
}
