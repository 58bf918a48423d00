package dev.nst.transfer;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.LossScaling;
import dev.nst.backend.PictureKernels;
import dev.nst.backend.Precision;
import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import dev.nst.tensor.Tensor;
import java.lang.reflect.Proxy;

/**
 * Answers questions of size as another backend does, counts what is allocated, and computes
 * nothing.
 */
final class CountingBackend implements Backend {

  private final Backend real;
  private final StorageAllocator allocator = new CountingAllocator();
  private long bytes;
  private long peak;

  CountingBackend(Backend real) {
    this.real = real;
  }

  /** Returns the most bytes that tensors and filters held at once. */
  long peakBytes() {
    return peak;
  }

  private void take(long more) {
    bytes += more;
    peak = Math.max(peak, bytes);
  }

  private final class CountingAllocator implements StorageAllocator {

    @Override
    public long bytesFor(Shape shape, DType type) {
      return real.bytesFor(shape, type);
    }

    @Override
    public Storage allocate(long size) {
      take(size);
      return new Storage() {
        @Override
        public long bytes() {
          return size;
        }

        @Override
        public void free() {
          take(-size);
        }
      };
    }
  }

  private final class CountedFilter implements ConvFilter {
    private final int outChannels;
    private final int inChannels;

    CountedFilter(int outChannels, int inChannels) {
      this.outChannels = outChannels;
      this.inChannels = inChannels;
      take(bytes());
    }

    @Override
    public int outChannels() {
      return outChannels;
    }

    @Override
    public int inChannels() {
      return inChannels;
    }

    @Override
    public long bytes() {
      return real.filterBytes(outChannels, inChannels);
    }

    @Override
    public void close() {
      take(-bytes());
    }
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public String description() {
    return real.description();
  }

  @Override
  public Precision precision() {
    return real.precision();
  }

  @Override
  public DType featureType() {
    return real.featureType();
  }

  @Override
  public Arena openArena(String name) {
    return new Arena(name, allocator);
  }

  @Override
  public long availableBytes() {
    return real.availableBytes();
  }

  @Override
  public long workspaceBytes() {
    return real.workspaceBytes();
  }

  @Override
  public long bytesFor(Shape shape, DType type) {
    return real.bytesFor(shape, type);
  }

  @Override
  public long filterBytes(int outChannels, int inChannels) {
    return real.filterBytes(outChannels, inChannels);
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    return new CountedFilter(outChannels, inChannels);
  }

  @Override
  public void upload(Tensor destination, float[] source) {}

  @Override
  public void download(float[] destination, Tensor source) {}

  @Override
  public void synchronize() {}

  @Override
  public void conv3x3(Tensor y, Tensor x, ConvFilter filter) {}

  @Override
  public boolean fusesMaxPool(int outChannels, int inChannels) {
    return real.fusesMaxPool(outChannels, inChannels);
  }

  @Override
  public void conv3x3ReluMaxPool(
      Tensor pooled, Tensor switches, Tensor x, ConvFilter filter, float scale) {}

  @Override
  public void conv3x3ReluMaxPoolBackward(
      Tensor dx, Tensor dy, Tensor switches, ConvFilter filter, float scale) {}

  @Override
  public boolean replicatesEdges(int inChannels) {
    return real.replicatesEdges(inChannels);
  }

  @Override
  public void conv3x3ReluReplicated(Tensor y, Tensor x, ConvFilter filter) {}

  @Override
  public void conv3x3ReluReplicatedBackward(Tensor dx, Tensor dy, Tensor y, ConvFilter filter) {}

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {}

  @Override
  public void relu(Tensor y, Tensor x) {}

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {}

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {}

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {}

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {}

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {}

  @Override
  public void l2Pool2x2(Tensor y, Tensor x, float scale) {}

  @Override
  public void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {}

  @Override
  public void gemm(Tensor c, Tensor a, Tensor b, float alpha) {}

  @Override
  public void gram(Tensor g, Tensor features, float scale) {}

  @Override
  public void gramBackward(
      Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {}

  @Override
  public void fill(Tensor y, float value) {}

  @Override
  public void copy(Tensor y, Tensor x) {}

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {}

  @Override
  public void scale(Tensor y, Tensor x, float factor) {}

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {}

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {}

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {}

  @Override
  public void totalVariation(Tensor loss, Tensor x, float across, float down) {}

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {}

  @Override
  public TensorAlgebra algebra() {
    return idle(TensorAlgebra.class);
  }

  @Override
  public PictureKernels pictures() {
    return idle(PictureKernels.class);
  }

  /** Returns kernels that do nothing; all of them return nothing. */
  private static <K> K idle(Class<K> kernels) {
    return kernels.cast(
        Proxy.newProxyInstance(
            kernels.getClassLoader(),
            new Class<?>[] {kernels},
            (proxy, method, arguments) -> null));
  }

  @Override
  public void unscale(
      Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {}

  @Override
  public void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters) {}

  @Override
  public void close() {}
}
