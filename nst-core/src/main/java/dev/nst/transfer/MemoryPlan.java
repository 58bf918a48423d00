package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.backend.ConvFilter;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import dev.nst.weights.WeightSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;

/**
 * Finds the peak memory of a run by rehearsing it: the real session and two iterations run on a
 * backend that counts bytes and computes nothing, so the answer follows the code by itself. Tensors
 * and filters are counted; a kernel's small workspaces are not.
 */
final class MemoryPlan {

  private long bytes;
  private long peak;

  private MemoryPlan() {}

  /** Returns the peak bytes of tensors and filters for pictures of these sizes. */
  static long peakBytes(Backend backend, Recipe recipe, Dimensions content, Dimensions style) {
    MemoryPlan plan = new MemoryPlan();
    Backend counting = plan.countingBackend(backend);
    try (Vgg19 vgg = Vgg19.of(counting, new NoWeights());
        Session session = new Session(vgg, recipe, blank(content), blank(style))) {
      session.iterate();
      session.iterate();
    }
    return plan.peak;
  }

  private static Image blank(Dimensions size) {
    float[] values = new float[Math.toIntExact(3 * size.pixels())];
    return Image.of(size.width(), size.height(), values);
  }

  private void take(long more) {
    bytes += more;
    peak = Math.max(peak, bytes);
  }

  /**
   * Returns a backend that answers questions of size as {@code real} does and ignores every kernel.
   */
  private Backend countingBackend(Backend real) {
    StorageAllocator allocator = new CountingAllocator(real);
    InvocationHandler handler =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "openArena" -> new Arena((String) arguments[0], allocator);
              case "prepareFilter" -> {
                CountedFilter filter =
                    new CountedFilter(real, (int) arguments[2], (int) arguments[3]);
                take(filter.bytes());
                yield filter;
              }
              case "bytesFor", "filterBytes", "featureType", "precision", "name" ->
                  invoke(method, real, arguments);
              default -> null;
            };
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, handler);
  }

  private static Object invoke(Method method, Backend real, Object[] arguments)
      throws ReflectiveOperationException {
    return method.invoke(real, arguments);
  }

  private final class CountingAllocator implements StorageAllocator {
    private final Backend real;

    CountingAllocator(Backend real) {
      this.real = real;
    }

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

  /**
   * Knows how large the real backend's filter would be; its memory counts until the rehearsal ends.
   */
  private record CountedFilter(Backend real, int outChannels, int inChannels)
      implements ConvFilter {

    @Override
    public long bytes() {
      return real.filterBytes(outChannels, inChannels);
    }

    @Override
    public void close() {
      // The network closes its filters when the rehearsal is over.
    }
  }

  /** Has every tensor of VGG-19 by name and shape, and no numbers. */
  private record NoWeights() implements WeightSource {

    @Override
    public boolean has(String name) {
      return true;
    }

    @Override
    public int[] shape(String name) {
      for (Vgg19Layer layer : Vgg19Layer.values()) {
        if (layer.weightName().equals(name)) {
          return new int[] {layer.outChannels(), layer.inChannels(), 3, 3};
        }
        if (layer.biasName().equals(name)) {
          return new int[] {layer.outChannels()};
        }
      }
      throw new IllegalArgumentException("no tensor of VGG-19: " + name);
    }

    @Override
    public float[] read(String name) {
      return new float[0];
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public String description() {
      return "the memory plan";
    }
  }
}
