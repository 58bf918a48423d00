package dev.nst.contract;

import dev.nst.backend.Backend;
import dev.nst.contract.Workbench.Filter;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import net.jqwik.api.Example;

/**
 * What must hold when one kernel reads what another wrote, without a detour over the host: whatever
 * a kernel leaves in the padding of its destination, the next one sees only the elements.
 */
interface ChainContract extends OnBench {

  @Example
  default void everyKernelReadsWhatAnyOtherWroteAsIfItHadBeenUploaded() {
    for (Shape shape :
        new Shape[] {
          Shape.features(3, 5, 7),
          Shape.features(17, 4, 3),
          Shape.features(16, 2, 9),
          Shape.features(1, 2, 2),
          Shape.features(33, 6, 5)
        }) {
      for (KernelCall producer : KernelCall.ofEveryKernel(bench(), shape, 5, 5)) {
        producer.run();
        checkConsumers(producer.name(), producer.destination());
      }
      bench().renew();
    }
  }

  private void checkConsumers(String producer, Tensor produced) {
    Workbench bench = bench();
    double[] values = bench.read(produced);
    Tensor uploaded = bench.put(bench.poisoned(produced.shape(), produced.type()), values);
    consumers(produced)
        .forEach(
            (name, consumer) -> {
              Tensor expected = consumer.result(uploaded);
              Tensor actual = consumer.result(produced);
              double[] reference = bench.read(expected);
              bench.check(
                  "any kernel, then " + name, bench.tolerances().elementwise(), reference, actual);
            });
    bench.checkExact("what " + producer + " wrote, after others read it", values, produced);
  }

  /** A kernel that reads one tensor and writes another. */
  record Consumer(Workbench bench, Shape shape, DType type, BiConsumer<Tensor, Tensor> kernel) {

    Tensor result(Tensor input) {
      Tensor destination = bench.poisoned(shape, type);
      kernel.accept(destination, input);
      return destination;
    }
  }

  private Map<String, Consumer> consumers(Tensor input) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    Shape shape = input.shape();
    Values values = new Values(6, backend.featureType());
    Tensor one = bench.floats(Shape.scalar(), 1);
    Map<String, Consumer> consumers = new LinkedHashMap<>();
    Tensor other = bench.put(bench.poisoned(shape, input.type()), values.features(shape));
    consumers.put("copy", new Consumer(bench, shape, input.type(), backend::copy));
    consumers.put(
        "add", new Consumer(bench, shape, input.type(), (y, x) -> backend.add(y, x, other)));
    consumers.put(
        "scale", new Consumer(bench, shape, input.type(), (y, x) -> backend.scale(y, x, 3)));
    consumers.put(
        "meanSquaredError",
        new Consumer(
            bench, Shape.scalar(), DType.F32, (y, x) -> backend.meanSquaredError(y, x, other, 1)));
    consumers.put(
        "meanSquaredErrorBackward",
        new Consumer(
            bench,
            shape,
            input.type(),
            (y, x) -> backend.meanSquaredErrorBackward(y, x, other, one, 1, false)));
    if (input.type() == DType.F32) {
      addFloat32Consumers(consumers, shape, one);
    }
    if (input.type() == backend.featureType()) {
      addFeatureConsumers(consumers, shape, values);
    }
    return consumers;
  }

  private void addFloat32Consumers(Map<String, Consumer> consumers, Shape shape, Tensor one) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    consumers.put(
        "totalVariation",
        new Consumer(
            bench, Shape.scalar(), DType.F32, (y, x) -> backend.totalVariation(y, x, 1, 1)));
    consumers.put(
        "totalVariationBackward",
        new Consumer(
            bench,
            shape,
            DType.F32,
            (y, x) -> backend.totalVariationBackward(y, x, one, 1, 1, false)));
    float[] factor = new float[shape.c()];
    float[] offset = new float[shape.c()];
    for (int c = 0; c < shape.c(); c++) {
      factor[c] = 1 + c;
      offset[c] = 3 - c;
    }
    consumers.put(
        "affineChannels",
        new Consumer(
            bench, shape, DType.F32, (y, x) -> backend.affineChannels(y, x, factor, offset)));
  }

  private void addFeatureConsumers(Map<String, Consumer> consumers, Shape shape, Values values) {
    Workbench bench = bench();
    Backend backend = bench.backend();
    DType type = backend.featureType();
    int channels = 5;
    Filter forth = bench.filter(values, channels, shape.c());
    Filter back = bench.filter(values, shape.c(), channels);
    Shape other = shape.withChannels(channels);
    consumers.put(
        "conv3x3",
        new Consumer(bench, other, type, (y, x) -> backend.conv3x3(y, x, forth.prepared())));
    consumers.put(
        "conv3x3Backward",
        new Consumer(bench, other, type, (y, x) -> backend.conv3x3Backward(y, x, back.prepared())));
    consumers.put("relu", new Consumer(bench, shape, type, backend::relu));
    Tensor gradient = bench.features(shape, values.features(shape));
    consumers.put(
        "reluBackward",
        new Consumer(bench, shape, type, (y, x) -> backend.reluBackward(y, gradient, x)));
    Shape square = Shape.matrix(shape.c(), shape.c());
    consumers.put(
        "gram", new Consumer(bench, square, DType.F32, (y, x) -> backend.gram(y, x, 0.01f)));
    Tensor gradGram = bench.floats(square, values.gaussian(Reference64.size(square), 1));
    consumers.put(
        "gramBackward",
        new Consumer(
            bench, shape, type, (y, x) -> backend.gramBackward(y, gradGram, x, 0.01f, false)));
    if (shape.h() > 1 && shape.w() > 1) {
      consumers.put(
          "maxPool2x2",
          new Consumer(bench, shape.pooled(), type, (y, x) -> backend.maxPool2x2(y, x, 1)));
      consumers.put(
          "averagePool2x2",
          new Consumer(bench, shape.pooled(), type, (y, x) -> backend.averagePool2x2(y, x, 1)));
    }
  }
}
