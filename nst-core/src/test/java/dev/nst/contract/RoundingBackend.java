package dev.nst.contract;

import dev.nst.NstException;
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
import java.util.Arrays;

/**
 * Computes on a float32 backend as a device of reduced precision would: what is stored in a feature
 * map is rounded to its 16 bits, and so is every factor of a convolution or matrix product that
 * tensor cores would round; sums stay float32. With it the contracts can be run in every precision
 * on any machine.
 */
public final class RoundingBackend implements Backend {

  private final Backend real;
  private final Precision precision;
  private final DType featureType;
  private final Arena memory;
  private final Arena scratch;
  private final StorageAllocator allocator = new Blocks();

  /**
   * Rounds what {@code real} computes.
   *
   * @param real a float32 backend, closed with this one
   * @param precision any but {@link Precision#FP32}
   */
  public RoundingBackend(Backend real, Precision precision) {
    this.real = real;
    this.precision = precision;
    this.featureType =
        switch (precision) {
          case FP32 -> throw new IllegalArgumentException("nothing to round in fp32");
          case TF32 -> DType.F32;
          case FP16 -> DType.F16;
          case BF16 -> DType.BF16;
        };
    this.memory = real.openArena("rounded");
    this.scratch = real.openArena("scratch");
  }

  // ---- rounding -------------------------------------------------------------------------------

  /** Rounds as a factor of a product. */
  private float asFactor(float value) {
    return precision == Precision.TF32 ? toTf32(value) : (float) Values.round(value, featureType);
  }

  /** Rounds to the 10 bits of mantissa that TensorFloat-32 has, ties to even. */
  private static float toTf32(float value) {
    if (!Float.isFinite(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0xFFF + (bits >>> 13 & 1)) & ~0x1FFF);
  }

  private interface Rounding {
    float round(float value);
  }

  private void round(Tensor from, Tensor to, Rounding rounding) {
    float[] values = new float[Reference64.size(from.shape())];
    real.download(values, from);
    for (int i = 0; i < values.length; i++) {
      values[i] = rounding.round(values[i]);
    }
    real.upload(to, values);
  }

  /** Rounds what a kernel has written, if it is a feature map. */
  private void store(Tensor written) {
    if (written.type() != DType.F32) {
      round(real(written), real(written), value -> (float) Values.round(value, written.type()));
    }
    scratch.reset();
  }

  /** Returns a factor of a product, rounded. */
  private Tensor factor(Tensor tensor) {
    if (tensor.type() != DType.F32) {
      return real(tensor);
    }
    Tensor rounded = scratch.allocate(tensor.shape());
    round(real(tensor), rounded, this::asFactor);
    return rounded;
  }

  /** Returns a factor of any magnitude, rounded relative to its largest element. */
  private Tensor scaledFactor(Tensor tensor) {
    float[] values = new float[Reference64.size(tensor.shape())];
    real.download(values, real(tensor));
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    double unit = largest == 0 ? 1 : Math.scalb(1.0, Math.getExponent(largest));
    Tensor rounded = scratch.allocate(tensor.shape());
    round(real(tensor), rounded, value -> (float) (unit * asFactor((float) (value / unit))));
    return rounded;
  }

  // ---- memory ---------------------------------------------------------------------------------

  /** The float32 tensor behind one of ours, made when its shape is known. */
  private final class Block implements Storage {
    private final RoundingBackend owner = RoundingBackend.this;
    private final long bytes;
    private Tensor tensor;

    Block(long bytes) {
      this.bytes = bytes;
    }

    Tensor of(Shape shape) {
      if (tensor == null || !tensor.shape().equals(shape)) {
        free();
        tensor = memory.allocate(shape);
        real.fill(tensor, Float.NaN);
      }
      return tensor;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void free() {
      if (tensor != null) {
        tensor.release();
        tensor = null;
      }
    }
  }

  private final class Blocks implements StorageAllocator {

    @Override
    public long bytesFor(Shape shape, DType type) {
      return shape.size() * type.bytes();
    }

    @Override
    public Storage allocate(long bytes) {
      if (bytes > Integer.MAX_VALUE) {
        throw new NstException("a test needs no tensor of " + bytes + " bytes");
      }
      return new Block(bytes);
    }
  }

  private Tensor real(Tensor tensor) {
    Block block = tensor.storage(Block.class);
    if (block.owner != this) {
      throw new IllegalArgumentException(tensor + " belongs to another backend");
    }
    return block.of(tensor.shape());
  }

  private static final class RoundedFilter implements ConvFilter {
    private final RoundingBackend owner;
    private final ConvFilter real;

    RoundedFilter(RoundingBackend owner, ConvFilter real) {
      this.owner = owner;
      this.real = real;
    }

    @Override
    public int outChannels() {
      return real.outChannels();
    }

    @Override
    public int inChannels() {
      return real.inChannels();
    }

    @Override
    public long bytes() {
      return real.bytes();
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private ConvFilter real(ConvFilter filter) {
    if (filter instanceof RoundedFilter mine && mine.owner == this) {
      return mine.real;
    }
    throw new IllegalArgumentException("the filter was prepared by another backend");
  }

  @Override
  public String name() {
    return real.name() + "-rounded";
  }

  @Override
  public String description() {
    return real.description() + ", rounded to " + precision.label();
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public DType featureType() {
    return featureType;
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
  public long bytesFor(Shape shape, DType type) {
    return allocator.bytesFor(shape, type);
  }

  @Override
  public long filterBytes(int outChannels, int inChannels) {
    return real.filterBytes(outChannels, inChannels);
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    real.upload(real(destination), source);
    store(destination);
  }

  @Override
  public void download(float[] destination, Tensor source) {
    real.download(destination, real(source));
  }

  @Override
  public void synchronize() {
    real.synchronize();
  }

  // ---- kernels --------------------------------------------------------------------------------

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    float[] rounded = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      rounded[i] = asFactor(weights[i]);
    }
    return new RoundedFilter(this, real.prepareFilter(rounded, bias, outChannels, inChannels));
  }

  @Override
  public void conv3x3(Tensor y, Tensor x, ConvFilter filter) {
    real.conv3x3(real(y), factor(x), real(filter));
    store(y);
  }

  @Override
  public void conv3x3Backward(Tensor dx, Tensor dy, ConvFilter filter) {
    real.conv3x3Backward(real(dx), factor(dy), real(filter));
    store(dx);
  }

  @Override
  public void relu(Tensor y, Tensor x) {
    real.relu(real(y), real(x));
    store(y);
  }

  @Override
  public void reluBackward(Tensor dx, Tensor dy, Tensor y) {
    real.reluBackward(real(dx), real(dy), real(y));
    store(dx);
  }

  @Override
  public void maxPool2x2(Tensor y, Tensor x, float scale) {
    real.maxPool2x2(real(y), real(x), scale);
    store(y);
  }

  @Override
  public void maxPool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    real.maxPool2x2Backward(real(dx), real(dy), real(x), scale);
    store(dx);
  }

  @Override
  public void averagePool2x2(Tensor y, Tensor x, float scale) {
    real.averagePool2x2(real(y), real(x), scale);
    store(y);
  }

  @Override
  public void averagePool2x2Backward(Tensor dx, Tensor dy, float scale) {
    real.averagePool2x2Backward(real(dx), real(dy), scale);
    store(dx);
  }

  @Override
  public void l2Pool2x2(Tensor y, Tensor x, float scale) {
    real.l2Pool2x2(real(y), real(x), scale);
    store(y);
  }

  @Override
  public void l2Pool2x2Backward(Tensor dx, Tensor dy, Tensor x, float scale) {
    real.l2Pool2x2Backward(real(dx), real(dy), real(x), scale);
    store(dx);
  }

  @Override
  public void gemm(Tensor c, Tensor a, Tensor b, float alpha) {
    boolean rounds = precision == Precision.TF32;
    real.gemm(real(c), rounds ? factor(a) : real(a), rounds ? factor(b) : real(b), alpha);
    store(c);
  }

  @Override
  public void gram(Tensor g, Tensor features, float scale) {
    real.gram(real(g), factor(features), scale);
    store(g);
  }

  @Override
  public void gramBackward(Tensor df, Tensor dg, Tensor features, float scale, boolean accumulate) {
    real.gramBackward(real(df), scaledFactor(dg), factor(features), scale, accumulate);
    store(df);
  }

  @Override
  public void fill(Tensor y, float value) {
    real.fill(real(y), value);
    store(y);
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    real.copy(real(y), real(x));
    store(y);
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    real.add(real(y), real(a), real(b));
    store(y);
  }

  @Override
  public void scale(Tensor y, Tensor x, float factor) {
    real.scale(real(y), real(x), factor);
    store(y);
  }

  @Override
  public void affineChannels(Tensor y, Tensor x, float[] factor, float[] offset) {
    real.affineChannels(real(y), real(x), factor, offset);
    store(y);
  }

  @Override
  public void meanSquaredError(Tensor loss, Tensor a, Tensor b, float weight) {
    real.meanSquaredError(real(loss), real(a), real(b), weight);
    store(loss);
  }

  @Override
  public void meanSquaredErrorBackward(
      Tensor da, Tensor a, Tensor b, Tensor gradLoss, float weight, boolean accumulate) {
    real.meanSquaredErrorBackward(real(da), real(a), real(b), real(gradLoss), weight, accumulate);
    store(da);
  }

  @Override
  public void totalVariation(Tensor loss, Tensor x, float across, float down) {
    real.totalVariation(real(loss), real(x), across, down);
    store(loss);
  }

  @Override
  public void totalVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float across, float down, boolean accumulate) {
    real.totalVariationBackward(real(dx), real(x), real(gradLoss), across, down, accumulate);
    store(dx);
  }

  @Override
  public TensorAlgebra algebra() {
    return rounded(TensorAlgebra.class, real.algebra());
  }

  @Override
  public PictureKernels pictures() {
    return rounded(PictureKernels.class, real.pictures());
  }

  /** Returns kernels of which each takes our tensors and rounds its destination, the first one. */
  private <K> K rounded(Class<K> type, K kernels) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object[] unwrapped =
                  Arrays.stream(arguments)
                      .map(each -> each instanceof Tensor tensor ? real(tensor) : each)
                      .toArray();
              method.invoke(kernels, unwrapped);
              store((Tensor) arguments[0]);
              return null;
            }));
  }

  @Override
  public void unscale(
      Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    real.unscale(real(gradient), real(scale), real(streak), real(apply), parameters);
    store(gradient);
  }

  @Override
  public void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters) {
    real.adamStep(real(x), real(m), real(v), real(count), real(gradient), real(apply), parameters);
    store(x);
  }

  @Override
  public void close() {
    scratch.close();
    memory.close();
    real.close();
  }
}
