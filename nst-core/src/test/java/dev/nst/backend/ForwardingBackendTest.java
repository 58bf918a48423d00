package dev.nst.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.contract.FakeAllocator;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardingBackendTest {

  /** A method that was called, with its arguments. */
  private record Call(String method, List<Object> arguments) {}

  private final Arena arena = new Arena("test", new FakeAllocator());
  private final Tensor map = arena.allocate(Shape.features(2, 3, 4));
  private final List<Call> calls = new ArrayList<>();
  private final Backend real = noting(Backend.class);
  private final Backend backend = new ForwardingBackend(real) {}.backend();

  /** Returns a room that computes nothing and notes what it is asked for. */
  private <R> R noting(Class<R> room) {
    return room.cast(
        Proxy.newProxyInstance(
            room.getClassLoader(),
            new Class<?>[] {room},
            (self, method, arguments) -> {
              Class<?> wanted = method.getReturnType();
              if (wanted == TensorAlgebra.class || wanted == PictureKernels.class) {
                return noting(wanted);
              }
              calls.add(call(method, arguments));
              return wanted == void.class ? null : sample(wanted);
            }));
  }

  private static Call call(Method method, Object... arguments) {
    return new Call(
        method.toGenericString(), arguments == null ? List.of() : Arrays.asList(arguments));
  }

  private final Shape shape = Shape.features(5, 6, 7);
  private final ConvFilter filter = noting(ConvFilter.class);
  private final Replay replay = Replay.running(() -> {});
  private final Runnable step = () -> {};
  private final float[] numbers = {1, 2};

  /** Returns a value of that type which no default method gives. */
  private Object sample(Class<?> type) {
    return Stream.of(
            map,
            arena,
            shape,
            filter,
            replay,
            step,
            numbers,
            DType.F16,
            Precision.TF32,
            AdamParameters.withLearningRate(0.25),
            LossScaling.defaults(),
            OptionalDouble.of(8))
        .filter(type::isInstance)
        .findFirst()
        .orElseGet(
            () ->
                switch (type.getName()) {
                  case "int" -> 9;
                  case "long" -> 10L;
                  case "float" -> 11f;
                  case "boolean" -> true;
                  case "java.lang.String" -> "twelve";
                  default -> throw new AssertionError("the test needs a sample of " + type);
                });
  }

  static Stream<Method> methods() {
    return Stream.of(Backend.class, TensorAlgebra.class, PictureKernels.class)
        .flatMap(room -> Arrays.stream(room.getMethods()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> !method.getName().matches("algebra|pictures"));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void handsEveryMethodOn(Method method) throws Exception {
    Object room =
        Stream.of(backend, backend.algebra(), backend.pictures())
            .filter(method.getDeclaringClass()::isInstance)
            .findFirst()
            .orElseThrow();
    Object[] arguments = Arrays.stream(method.getParameterTypes()).map(this::sample).toArray();
    Object result = method.invoke(room, arguments);
    assertThat(calls).containsExactly(call(method, arguments));
    assertThat(result)
        .isEqualTo(method.getReturnType() == void.class ? null : sample(method.getReturnType()));
  }

  @Test
  void aKernelOfAnyRoomIsAnsweredInOnePlace() {
    List<String> names = new ArrayList<>();
    Backend watched =
        new ForwardingBackend(real) {
          @Override
          protected void kernel(CalledKernel kernel) {
            names.add(kernel.name());
          }
        }.backend();
    watched.relu(map, map);
    watched.algebra().dot(map, map, map);
    watched.pictures().cropEdges(map, map);
    watched.synchronize();
    assertThat(names).containsExactly("relu", "dot", "cropEdges");
    assertThat(calls).extracting(Call::method).hasSize(1).first().asString().contains("synchron");
  }

  @Test
  void theKernelsThatAComposedOneIsMadeOfAreAnsweredLikeIt() {
    List<String> names = new ArrayList<>();
    Backend composing =
        new ForwardingBackend(real) {
          @Override
          protected void kernel(CalledKernel kernel) {
            names.add(kernel.name());
            if (kernel.isComposed()) {
              kernel.runComposed();
            }
          }
        }.backend();
    composing.conv3x3ReluBackward(map, map, map, filter);
    assertThat(names).containsExactly("conv3x3ReluBackward", "reluBackward", "conv3x3Backward");
  }

  @Test
  void aKernelRunsOnOtherTensorsAndAnotherFilter() {
    Tensor other = arena.allocate(shape);
    ConvFilter otherFilter = noting(ConvFilter.class);
    Backend replacing =
        new ForwardingBackend(real) {
          @Override
          protected void kernel(CalledKernel kernel) {
            kernel.run((position, tensor) -> position == 1 ? other : tensor, any -> otherFilter);
          }
        }.backend();
    replacing.conv3x3(map, map, filter);
    assertThat(calls).extracting(Call::arguments).containsExactly(List.of(map, other, otherFilter));
  }

  @Test
  void whatTheRealBackendThrowsArrivesAsItIs() {
    NstException thrown = new NstException("the device is gone");
    UnaryOperator<Object> fail =
        any -> {
          throw thrown;
        };
    Backend failing =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (self, method, arguments) -> fail.apply(method));
    Backend before = new ForwardingBackend(failing) {}.backend();
    assertThatThrownBy(before::synchronize).isSameAs(thrown);
    assertThatThrownBy(() -> before.relu(map, map)).isSameAs(thrown);
  }

  @Test
  void whatIsMissingIsSaidByAComposedKernel() {
    Backend composing =
        new ForwardingBackend(real) {
          @Override
          protected void kernel(CalledKernel kernel) {
            kernel.runComposed();
          }
        }.backend();
    assertThatThrownBy(() -> composing.conv3x3ReluMaxPool(map, map, map, filter, 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void isEqualToItselfAlone() {
    assertThat(backend).isEqualTo(backend).isNotEqualTo(real).hasSameHashCodeAs(backend);
  }
}
