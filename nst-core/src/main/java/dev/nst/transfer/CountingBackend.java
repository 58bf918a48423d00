package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.backend.CalledKernel;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.ForwardingBackend;
import dev.nst.backend.Replay;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import dev.nst.tensor.Tensor;

/**
 * Answers questions of size as another backend does, counts what is allocated, and computes
 * nothing.
 */
final class CountingBackend extends ForwardingBackend {

  private final StorageAllocator allocator = new CountingAllocator();
  private long bytes;
  private long peak;

  CountingBackend(Backend real) {
    super(real);
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
      return real().bytesFor(shape, type);
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
      return real().filterBytes(outChannels, inChannels);
    }

    @Override
    public void close() {
      take(-bytes());
    }
  }

  @Override
  public Arena openArena(String name) {
    return new Arena(name, allocator);
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    return new CountedFilter(outChannels, inChannels);
  }

  @Override
  protected void kernel(CalledKernel kernel) {}

  @Override
  public void upload(Tensor destination, float[] source) {}

  @Override
  public void download(float[] destination, Tensor source) {}

  @Override
  public void synchronize() {}

  @Override
  public Replay record(Runnable step) {
    return Replay.running(step);
  }

  /** Leaves the real backend open. */
  @Override
  public void close() {}
}
