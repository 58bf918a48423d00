package dev.nst.cpu.vector;

import dev.nst.backend.TensorAlgebra;
import dev.nst.cpu.HeapTensors;
import dev.nst.cpu.WorkerPool;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/** {@link TensorAlgebra} on the Vector API. */
final class VectorAlgebra implements TensorAlgebra {

  private final HeapTensors memory;
  private final WorkerPool pool;
  private final Workspace workspace;
  private final Reductions reductions;
  private final ChannelKernels channels;

  VectorAlgebra(
      HeapTensors memory,
      WorkerPool pool,
      Workspace workspace,
      Reductions reductions,
      ChannelKernels channels) {
    this.memory = memory;
    this.pool = pool;
    this.workspace = workspace;
    this.reductions = reductions;
    this.channels = channels;
  }

  @Override
  public void dot(Tensor result, Tensor a, Tensor b) {
    put(result, reductions.dot(memory.data(a), memory.data(b), a.shape()));
  }

  @Override
  public void absoluteSum(Tensor result, Tensor x) {
    put(result, reductions.absoluteSum(memory.data(x), x.shape()));
  }

  @Override
  public void addScaled(Tensor y, Tensor x, float factor) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    TensorLoop.forEach(
        pool, y.shape(), (from, to) -> Elementwise.addScaled(out, in, factor, from, to));
  }

  @Override
  public void scaleByPower(
      Tensor y, Tensor x, Tensor base, float offset, float exponent, float factor) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    double sum = (double) memory.data(base)[Layout.OFFSET] + offset;
    float power = (float) (factor * Math.pow(sum, exponent));
    TensorLoop.forEach(pool, y.shape(), (from, to) -> Elementwise.scale(out, in, power, from, to));
  }

  @Override
  public void channelMeans(Tensor mean, Tensor x) {
    channels.means(memory.data(mean), memory.data(x), x.shape());
  }

  @Override
  public void addToChannels(Tensor x, Tensor v) {
    channels.add(memory.data(x), memory.data(v), x.shape());
  }

  @Override
  public void covariance(Tensor s, Tensor moment, Tensor mean, float ridge) {
    float[] out = memory.data(s);
    float[] in = memory.data(moment);
    float[] m = memory.data(mean);
    int count = s.shape().w();
    pool.parallelFor(
        count,
        (i, worker) -> {
          int row = Layout.OFFSET + i * count;
          double left = m[Layout.OFFSET + i];
          for (int j = 0; j < count; j++) {
            double value = in[row + j] - left * m[Layout.OFFSET + j];
            out[row + j] = (float) (i == j ? value + ridge : value);
          }
        });
  }

  @Override
  public void product(Tensor c, Tensor a, Tensor b, float alpha) {
    int depth = a.shape().w();
    int columns = b.shape().w();
    float[] right = memory.data(b);
    PackedMatrix packed =
        PackedMatrix.packInto(
            workspace.shared(PackedMatrix.length(depth, columns)),
            pool,
            depth,
            columns,
            MatrixRows.SLICE_DEPTH,
            (k, n) -> alpha * right[Layout.OFFSET + k * columns + n]);
    PackedGemm.Side side =
        new PackedGemm.Side(
            new MatrixRows(memory.data(a), depth),
            TileTarget.matrix(memory.data(c), Layout.OFFSET, columns));
    new PackedGemm(packed, null, false)
        .multiply(pool, workspace, new PackedGemm.Side[] {side}, a.shape().h(), false);
  }

  @Override
  public void multiplyMask(Tensor y, Tensor x, Tensor mask) {
    Shape shape = x.shape();
    channels.multiplyMask(memory.data(y), memory.data(x), memory.data(mask), shape);
  }

  private void put(Tensor scalar, double value) {
    memory.data(scalar)[Layout.OFFSET] = (float) value;
  }
}
