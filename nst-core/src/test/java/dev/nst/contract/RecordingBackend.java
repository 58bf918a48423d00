package dev.nst.contract;

import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.tensor.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands before a real backend, does all its work through it, and keeps account of the memory that
 * arenas and filters hold. The account is taken at every call: between two calls memory is only
 * given back.
 */
public final class RecordingBackend {

  private final Backend real;
  private final Backend proxy;
  private final List<Arena> arenas = new ArrayList<>();
  private final List<Filter> filters = new ArrayList<>();
  private long peakBytes;
  private int downloads;

  /** Watches {@code real}, which the caller closes. */
  public RecordingBackend(Backend real) {
    this.real = real;
    this.proxy =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (self, method, arguments) -> call(method, arguments));
  }

  /** Returns the backend to work with. */
  public Backend backend() {
    return proxy;
  }

  /** Returns the bytes that open arenas and filters hold now. */
  public long reservedBytes() {
    long bytes = arenas.stream().mapToLong(Arena::bytesReserved).sum();
    return bytes + filters.stream().filter(Filter::isOpen).mapToLong(Filter::bytes).sum();
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
    return filters.stream().filter(Filter::isOpen).count();
  }

  /** Returns how often the host read from the device. */
  public int downloads() {
    return downloads;
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    peakBytes();
    if (method.getName().equals("download")) {
      downloads++;
    }
    Object[] unwrapped = arguments == null ? null : arguments.clone();
    for (int i = 0; unwrapped != null && i < unwrapped.length; i++) {
      if (unwrapped[i] instanceof Filter filter) {
        unwrapped[i] = filter.real;
      }
    }
    Object result;
    try {
      result = method.invoke(real, unwrapped);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (result instanceof Arena arena) {
      arenas.add(arena);
    }
    if (result instanceof ConvFilter prepared) {
      Filter filter = new Filter(prepared);
      filters.add(filter);
      return filter;
    }
    return result;
  }

  private static final class Filter implements ConvFilter {
    private final ConvFilter real;
    private boolean closed;

    Filter(ConvFilter real) {
      this.real = real;
    }

    boolean isOpen() {
      return !closed;
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
      closed = true;
      real.close();
    }
  }
}
