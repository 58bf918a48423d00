package dev.nst.cpu.vector.bench;

import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Products of square matrices: {@code 2 * edge^3} operations. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class GemmBenchmark {

  /** Rows and columns of each matrix. */
  @Param({"256", "1024", "1536"})
  public int edge;

  private OpenBackend open;
  private Tensor a;
  private Tensor b;
  private Tensor c;

  /** Opens the backend. */
  @Setup
  public void setUp() {
    open = new OpenBackend();
    a = open.random(Shape.matrix(edge, edge));
    b = open.random(Shape.matrix(edge, edge));
    c = open.random(Shape.matrix(edge, edge));
  }

  /** Closes the backend. */
  @TearDown
  public void tearDown() {
    open.close();
  }

  /** c = a b. */
  @Benchmark
  public void product() {
    open.backend.gemm(c, a, b, 1);
  }
}
