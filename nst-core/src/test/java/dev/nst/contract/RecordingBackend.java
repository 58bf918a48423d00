package dev.nst.contract;

import dev.nst.backend.Backend;
import dev.nst.backend.CalledKernel;
import dev.nst.backend.ConvFilter;
import dev.nst.backend.ForwardingBackend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Does all its work through a real backend, and keeps account of the memory that arenas and filters
 * hold. The account is taken whenever something is computed, moved or prepared: in between memory
 * is only given back.
 */
public final class RecordingBackend extends ForwardingBackend {

  private final List<Arena> arenas = new ArrayList<>();
  private final List<WrappedFilter> filters = new ArrayList<>();
  private long peakBytes;
  private int downloads;

  /** Watches {@code real}. */
  public RecordingBackend(Backend real) {
    super(real);
  }

  /** Returns the bytes that open arenas and filters hold now. */
  public long reservedBytes() {
    long bytes = arenas.stream().mapToLong(Arena::bytesReserved).sum();
    return bytes
        + filters.stream().filter(WrappedFilter::isOpen).mapToLong(WrappedFilter::bytes).sum();
  }

  /** Returns the most that {@link #reservedBytes} has been. */
  public long peakBytes() {
    peakBytes = Math.max(peakBytes, reservedBytes());
    return peakBytes;
  }

  /** Returns how many filters were prepared. */
  public int preparedFilters() {
    return filters.size();
  }

  /** Returns how many filters were prepared and not yet closed. */
  public long openFilters() {
    return filters.stream().filter(WrappedFilter::isOpen).count();
  }

  /** Returns how often the host read from the device. */
  public int downloads() {
    return downloads;
  }

  @Override
  public Arena openArena(String name) {
    Arena arena = super.openArena(name);
    arenas.add(arena);
    return arena;
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    peakBytes();
    WrappedFilter filter =
        new WrappedFilter(this, super.prepareFilter(weights, bias, outChannels, inChannels));
    filters.add(filter);
    return filter;
  }

  @Override
  public void upload(Tensor destination, float[] source) {
    peakBytes();
    super.upload(destination, source);
  }

  @Override
  public void download(float[] destination, Tensor source) {
    peakBytes();
    downloads++;
    super.download(destination, source);
  }

  @Override
  protected void kernel(CalledKernel kernel) {
    peakBytes();
    kernel.run((position, tensor) -> tensor, filter -> WrappedFilter.real(this, filter));
  }
}
