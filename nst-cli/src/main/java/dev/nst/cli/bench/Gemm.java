package dev.nst.cli.bench;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Random;

/** Products of square matrices. */
final class Gemm implements Contestant {

  private final Backend backend;
  private final Arena arena;
  private final Tensor a;
  private final Tensor b;
  private final Tensor c;

  Gemm(Backend backend, int edge) {
    this.backend = backend;
    arena = backend.openArena("bench");
    a = random(edge, 1);
    b = random(edge, 2);
    c = arena.allocate(Shape.matrix(edge, edge));
  }

  private Tensor random(int edge, long seed) {
    Tensor tensor = arena.allocate(Shape.matrix(edge, edge));
    Random random = new Random(seed);
    float[] values = new float[edge * edge];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    backend.upload(tensor, values);
    return tensor;
  }

  /** Returns the floating-point operations of a product. */
  static double operations(int edge) {
    return 2.0 * edge * edge * edge;
  }

  @Override
  public double run(int times) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      backend.gemm(c, a, b, 1);
    }
    backend.synchronize();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    arena.close();
  }
}
