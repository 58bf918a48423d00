package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.Precision;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;

/** What a backend's tensors, arenas and filters must do. */
interface MemoryContract extends OnBench {

  @Example
  default void theBackendSaysWhatItIs() {
    Backend backend = bench().backend();
    assertFalse(backend.name().isBlank());
    assertFalse(backend.description().isBlank());
    assertTrue(backend.availableBytes() > 0);
    DType expected =
        backend.precision() == Precision.FP16
            ? DType.F16
            : backend.precision() == Precision.BF16 ? DType.BF16 : DType.F32;
    assertEquals(expected, backend.featureType());
    backend.synchronize();
  }

  @KernelProperty
  default void whatIsUploadedComesBack(@ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    Values values = some.values(bench);
    double[] floats = values.floats(some.shape());
    double[] features = values.features(some.shape());
    bench.checkExact("float32", floats, bench.floats(some.shape(), floats));
    bench.checkExact("features", features, bench.features(some.shape(), features));
  }

  @Example
  default void everyFloatComesBackBitForBit() {
    Workbench bench = bench();
    float[] sent = {
      0f,
      -0f,
      1f,
      -1f,
      Float.MIN_VALUE,
      -Float.MIN_NORMAL,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN
    };
    Tensor tensor = bench.poisonedFloats(Shape.features(5, 1, 2));
    bench.backend().upload(tensor, sent);
    float[] received = new float[sent.length];
    bench.backend().download(received, tensor);
    assertArrayEquals(sent, received);
  }

  @Example
  default void theSourceOfAnUploadMayChangeAfterwards() {
    Workbench bench = bench();
    float[] sent = new float[3 * 31 * 29];
    Arrays.fill(sent, 7);
    Tensor tensor = bench.poisonedFloats(Shape.features(3, 31, 29));
    bench.backend().upload(tensor, sent);
    Arrays.fill(sent, 8);
    double[] expected = new double[sent.length];
    Arrays.fill(expected, 7);
    bench.checkExact("upload", expected, tensor);
  }

  @Example
  default void everyKernelRefusesATensorThatWasReleased() {
    forEveryTensorOfEveryKernel(
        (call, place) -> {
          Tensor original = call.tensors().get(place);
          Tensor released = bench().arena().allocate(original.shape(), original.type());
          released.release();
          assertThrows(
              IllegalStateException.class,
              call.with(place, released)::run,
              () -> call.name() + " used tensor " + place + " after its release");
        });
  }

  @Example
  default void everyKernelRefusesATensorWhoseArenaWasClosed() {
    forEveryTensorOfEveryKernel(
        (call, place) -> {
          Tensor original = call.tensors().get(place);
          Tensor orphan;
          try (Arena arena = bench().backend().openArena("closed early")) {
            orphan = arena.allocate(original.shape(), original.type());
          }
          assertThrows(
              IllegalStateException.class,
              call.with(place, orphan)::run,
              () -> call.name() + " used tensor " + place + " after its arena was closed");
        });
  }

  @Example
  default void everyKernelRefusesATensorOfAnotherBackend() {
    try (Arena elsewhere = new Arena("elsewhere", new FakeAllocator())) {
      forEveryTensorOfEveryKernel(
          (call, place) -> {
            Tensor original = call.tensors().get(place);
            Tensor foreign = elsewhere.allocate(original.shape(), original.type());
            assertThrows(
                IllegalArgumentException.class,
                call.with(place, foreign)::run,
                () -> call.name() + " took tensor " + place + " of another backend");
          });
    }
  }

  /** A check of one tensor of a call. */
  interface PlaceCheck {
    void check(KernelCall call, int place);
  }

  private void forEveryTensorOfEveryKernel(PlaceCheck check) {
    List<KernelCall> calls =
        new ArrayList<>(KernelCall.ofEveryKernel(bench(), Shape.features(3, 4, 5), 2, 3));
    Tensor tensor = bench().floats(Shape.features(3, 4, 5), new double[60]);
    Backend backend = bench().backend();
    List<Tensor> one = List.of(tensor);
    calls.add(new KernelCall("upload", 1, one, t -> backend.upload(t.get(0), new float[60])));
    calls.add(new KernelCall("download", 1, one, t -> backend.download(new float[60], t.get(0))));
    for (KernelCall call : calls) {
      for (int place = 0; place < call.tensors().size(); place++) {
        check.check(call, place);
      }
    }
  }

  @KernelProperty
  default void anArenaCountsTheBytesThatTheBackendAnnounces(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Backend backend = bench().backend();
    DType features = backend.featureType();
    Shape shape = some.shape();
    long map = backend.bytesFor(shape, features);
    long floats = backend.bytesFor(shape, DType.F32);
    assertTrue(map >= shape.size() * features.bytes(), "a map has no room for its elements");
    assertTrue(floats >= shape.size() * DType.F32.bytes(), "a tensor has no room");
    Arena arena = backend.openArena("counted");
    Tensor first = arena.allocate(shape, features);
    arena.allocate(shape);
    assertEquals(map + floats, arena.bytesInUse());
    assertEquals(map + floats, arena.bytesReserved());
    first.release();
    assertEquals(floats, arena.bytesInUse());
    assertEquals(map + floats, arena.bytesReserved());
    assertEquals(map + floats, arena.peakBytes());
    arena.close();
    assertEquals(0, arena.bytesInUse());
    assertEquals(0, arena.bytesReserved());
  }

  @Example
  default void aSecondRoundOfTheSameShapesTakesNoNewMemory() {
    Backend backend = bench().backend();
    List<Shape> shapes = new ArrayList<>();
    for (int side : new int[] {1, 2, 3, 5, 8, 13, 21}) {
      shapes.add(Shape.features(side, 7, side));
      shapes.add(Shape.matrix(side, side));
      shapes.add(new Shape(2, 17, side, 3));
    }
    try (Arena arena = backend.openArena("rounds")) {
      shapes.forEach(arena::allocate);
      long reserved = arena.bytesReserved();
      Random random = new Random(4);
      for (int round = 0; round < 5; round++) {
        arena.reset();
        assertEquals(0, arena.bytesInUse());
        Collections.shuffle(shapes, random);
        shapes.forEach(arena::allocate);
        assertEquals(reserved, arena.bytesReserved());
        assertEquals(reserved, arena.bytesInUse());
      }
    }
  }

  @Example
  default void closingOneArenaLeavesTheOthersAlone() {
    Workbench bench = bench();
    double[] values = {1, 2, 3, 4, 5, 6};
    Shape shape = Shape.features(3, 1, 2);
    Tensor kept = bench.floats(shape, values);
    try (Arena other = bench.backend().openArena("other")) {
      bench.put(other.allocate(shape), 6, 5, 4, 3, 2, 1);
    }
    bench.checkExact("the tensor of the arena still open", values, kept);
  }

  @Example
  default void refusesATensorThatNoMemoryHoldsAndGoesOn() {
    Workbench bench = bench();
    Shape huge = new Shape(1, 1 << 15, 1 << 15, 1 << 15);
    try (Arena arena = bench.backend().openArena("too small")) {
      assertThrows(NstException.class, () -> arena.allocate(huge));
      assertEquals(0, arena.bytesInUse());
      assertEquals(0, arena.bytesReserved());
      Tensor tensor = bench.put(arena.allocate(Shape.vector(3)), 1, 2, 3);
      bench.checkExact("a tensor allocated after a refusal", new double[] {1, 2, 3}, tensor);
    }
  }

  @KernelProperty
  default void aFilterHoldsTheBytesThatTheBackendAnnounces(
      @ForAll(supplier = MapCase.Any.class) MapCase some) {
    Workbench bench = bench();
    int inChannels = some.shape().c();
    int outChannels = some.channels();
    ConvFilter filter = bench.filter(some.values(bench), outChannels, inChannels).prepared();
    assertEquals(outChannels, filter.outChannels());
    assertEquals(inChannels, filter.inChannels());
    assertEquals(bench.backend().filterBytes(outChannels, inChannels), filter.bytes());
  }

  @Example
  default void convolutionsRefuseAFilterThatWasClosed() {
    ConvFilter closed = bench().backend().prepareFilter(new float[7 * 3 * 9], new float[7], 7, 3);
    closed.close();
    convolutionsRefuse(IllegalStateException.class, closed);
  }

  @Example
  default void convolutionsRefuseAFilterOfAnotherBackend() {
    ConvFilter foreign =
        new ConvFilter() {
          @Override
          public int outChannels() {
            return 7;
          }

          @Override
          public int inChannels() {
            return 3;
          }

          @Override
          public long bytes() {
            return 0;
          }

          @Override
          public void close() {}
        };
    convolutionsRefuse(IllegalArgumentException.class, foreign);
  }

  private void convolutionsRefuse(Class<? extends Exception> refusal, ConvFilter filter) {
    Backend backend = bench().backend();
    DType features = backend.featureType();
    Tensor x = bench().arena().allocate(Shape.features(3, 4, 5), features);
    Tensor y = bench().arena().allocate(Shape.features(7, 4, 5), features);
    assertThrows(refusal, () -> backend.conv3x3(y, x, filter));
    assertThrows(refusal, () -> backend.conv3x3Relu(y, x, filter));
    assertThrows(refusal, () -> backend.conv3x3Backward(x, y, filter));
    assertThrows(refusal, () -> backend.conv3x3ReluBackward(x, y, y, filter));
  }
}
