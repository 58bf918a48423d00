package dev.nst.cpu.vector.bench;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Random;

/** The backend of a benchmark, and tensors on it. */
public class OpenBackend implements AutoCloseable {

  final Backend backend = Backends.open("cpu-vector", BackendOptions.defaults());
  final Arena arena = backend.openArena("bench");

  /** Returns numbers in [-0.5, 0.5). */
  static float[] noise(long count) {
    Random random = new Random(1);
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  Tensor random(Shape shape) {
    Tensor tensor = arena.allocate(shape);
    backend.upload(tensor, noise(shape.size()));
    return tensor;
  }

  @Override
  public void close() {
    arena.close();
    backend.close();
  }
}
