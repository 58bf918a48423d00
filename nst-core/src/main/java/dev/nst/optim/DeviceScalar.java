package dev.nst.optim;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** Sums over tensors that the host waits for. */
final class DeviceScalar {

  private final Backend backend;
  private final Tensor result;
  private final float[] value = new float[1];

  DeviceScalar(Backend backend, Arena arena) {
    this.backend = backend;
    result = arena.allocate(Shape.scalar());
  }

  double dot(Tensor a, Tensor b) {
    backend.algebra().dot(result, a, b);
    return read();
  }

  double absoluteSum(Tensor x) {
    backend.algebra().absoluteSum(result, x);
    return read();
  }

  private double read() {
    backend.download(value, result);
    return value[0];
  }
}
