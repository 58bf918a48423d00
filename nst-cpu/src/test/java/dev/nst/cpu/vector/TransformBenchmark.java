package dev.nst.cpu.vector;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Winograd's transforms of a tile of one block of channels, on one thread, in a row of tiles that
 * the first-level cache holds. It lies among what it measures because transforms are nobody else's
 * business.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class TransformBenchmark {

  private static final int TILES = 16;
  private static final Winograd WINOGRAD = Winograd.F4;
  private static final TileTransform TRANSFORM = WINOGRAD.transform();
  private static final int ROW = (TILES * WINOGRAD.out() + 2) * Layout.BLOCK;
  private static final int POINTS = WINOGRAD.points() * Layout.BLOCK;

  private final float[] map = noise(WINOGRAD.in() * ROW);
  private final float[] points = noise(POINTS);
  private final float[] stage = new float[Layout.OFFSET + POINTS];
  private final float[] bias = noise(Layout.BLOCK);
  private final int[] pointAt = new int[WINOGRAD.points()];

  /** Lays the points of a tile one after another. */
  public TransformBenchmark() {
    for (int point = 0; point < pointAt.length; point++) {
      pointAt[point] = point * Layout.BLOCK;
    }
  }

  private static float[] noise(int count) {
    Random random = new Random(1);
    float[] values = new float[Layout.OFFSET + count];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** From pixels to points. */
  @Benchmark
  @OperationsPerInvocation(TILES)
  public float[] input() {
    for (int tile = 0; tile < TILES; tile++) {
      int at = Layout.OFFSET + tile * WINOGRAD.out() * Layout.BLOCK;
      TRANSFORM.input(map, at, ROW, stage, Layout.OFFSET, points, Layout.OFFSET, pointAt);
    }
    return points;
  }

  /** From points to pixels, with bias and ReLU. */
  @Benchmark
  @OperationsPerInvocation(TILES)
  public float[] output() {
    for (int tile = 0; tile < TILES; tile++) {
      int to = Layout.OFFSET + tile * WINOGRAD.out() * Layout.BLOCK;
      TRANSFORM.output(
          points,
          Layout.OFFSET,
          Layout.BLOCK,
          stage,
          Layout.OFFSET,
          bias,
          Layout.OFFSET,
          0,
          map,
          to,
          ROW);
    }
    return map;
  }
}
