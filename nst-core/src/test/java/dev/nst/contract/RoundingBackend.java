package dev.nst.contract;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.CalledKernel;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.ForwardingBackend;
import dev.nst.backend.Precision;
import dev.nst.backend.Replay;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import dev.nst.tensor.Tensor;

/**
 * Computes on a float32 backend as a device of reduced precision would: what is stored in a feature
 * map is rounded to its 16 bits, and so is every factor of a convolution or matrix product that
 * tensor cores would round; sums stay float32. With it the contracts can be run in every precision
 * on any machine.
 */
public final class RoundingBackend extends ForwardingBackend {

  private final Precision precision;
  private final DType featureType;
  private final Arena memory;
  private final Arena scratch;
  private final StorageAllocator allocator = new Blocks();

  /**
   * Opens a backend that computes in a precision that it does not have.
   *
   * @param name of a float32 backend
   * @param precision any but {@link Precision#FP32}
   */
  public static Backend open(String name, Precision precision) {
    return new RoundingBackend(Backends.open(name, BackendOptions.defaults()), precision).backend();
  }

  private RoundingBackend(Backend real, Precision precision) {
    super(real);
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
    real().download(values, from);
    for (int i = 0; i < values.length; i++) {
      values[i] = rounding.round(values[i]);
    }
    real().upload(to, values);
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
    real().download(values, real(tensor));
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
        real().fill(tensor, Float.NaN);
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

  // ---- the device -----------------------------------------------------------------------------

  @Override
  public String name() {
    return real().name() + "-rounded";
  }

  @Override
  public String description() {
    return real().description() + ", rounded to " + precision.label();
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
  public long bytesFor(Shape shape, DType type) {
    return allocator.bytesFor(shape, type);
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    super.upload(real(destination), source);
    store(destination);
  }

  @Override
  public void download(float[] destination, Tensor source) {
    super.download(destination, real(source));
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    float[] rounded = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      rounded[i] = asFactor(weights[i]);
    }
    return new WrappedFilter(this, super.prepareFilter(rounded, bias, outChannels, inChannels));
  }

  /** No: what lies between the fused kernels is to be rounded. */
  @Override
  public boolean replicatesEdges(int inChannels) {
    return false;
  }

  /** No: what lies between the fused kernels is to be rounded. */
  @Override
  public boolean fusesMaxPool(int outChannels, int inChannels) {
    return false;
  }

  /** Runs the step itself every time: rounding reads what kernels have written. */
  @Override
  public Replay record(Runnable step) {
    return Replay.running(step);
  }

  @Override
  public void close() {
    scratch.close();
    memory.close();
    super.close();
  }

  // ---- kernels --------------------------------------------------------------------------------

  @Override
  protected void kernel(CalledKernel kernel) {
    if (kernel.isComposed()) {
      kernel.runComposed();
      return;
    }
    kernel.run(
        (position, tensor) -> position == 0 ? real(tensor) : input(kernel, position, tensor),
        filter -> WrappedFilter.real(this, filter));
    store(kernel.destination());
  }

  /** Returns an input, rounded where tensor cores round it. */
  private Tensor input(CalledKernel kernel, int position, Tensor tensor) {
    return switch (kernel.name()) {
      case "conv3x3", "conv3x3Backward", "gram" -> factor(tensor);
      case "gramBackward" -> position == 1 ? scaledFactor(tensor) : factor(tensor);
      case "gemm" -> precision == Precision.TF32 ? factor(tensor) : real(tensor);
      default -> real(tensor);
    };
  }
}
