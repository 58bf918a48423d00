package dev.nst.backend;

import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.OptionalDouble;

/**
 * Stands before a backend and hands every call on to it. A subclass overrides what it answers
 * itself: of the {@link Device} each method by name; of the kernels, in {@link Backend} and the
 * rooms beside it, all at once in {@link #kernel}, since who stands between treats them alike.
 *
 * <p>To be worked with through {@link #backend}.
 */
public abstract class ForwardingBackend implements Device {

  private final Backend real;
  private final Backend backend;

  /** Stands before {@code real}. */
  protected ForwardingBackend(Backend real) {
    this.real = real;
    this.backend = before(Backend.class, real);
  }

  /** Returns the backend that others see; all its calls come here first. */
  public final Backend backend() {
    return backend;
  }

  /** Returns the backend that does the work. */
  protected final Backend real() {
    return real;
  }

  /** Answers the call of any kernel; here by running it. */
  protected void kernel(CalledKernel kernel) {
    kernel.run();
  }

  /** Returns a room of which every call comes here. */
  private <R> R before(Class<R> room, R real) {
    InvocationHandler calls =
        (proxy, method, arguments) -> answer(proxy, room, real, method, arguments);
    return room.cast(Proxy.newProxyInstance(room.getClassLoader(), new Class<?>[] {room}, calls));
  }

  private <R> Object answer(
      Object proxy, Class<R> room, R target, Method method, Object[] arguments) {
    if (method.getDeclaringClass() != room) {
      // A method of Device or of Object.
      return method.getName().equals("equals")
          ? (Object) (proxy == arguments[0])
          : invoke(this, method, arguments);
    }
    return switch (method.getName()) {
      case "algebra" -> before(TensorAlgebra.class, real.algebra());
      case "pictures" -> before(PictureKernels.class, real.pictures());
      default -> {
        kernel(new CalledKernel(proxy, target, method, arguments));
        yield null;
      }
    };
  }

  /** Calls a method that throws nothing checked, so that what it throws arrives as it is. */
  static Object invoke(Object target, Method method, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw unchecked(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " cannot be called", e);
    }
  }

  /** Returns an exception of a method that throws nothing checked, to be thrown. */
  static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException exception
        ? exception
        : new IllegalStateException("A backend threw a checked exception.", thrown);
  }

  // ---- the device -----------------------------------------------------------------------------

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
    return real.openArena(name);
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
  public String memoryHint() {
    return real.memoryHint();
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
  public void upload(Tensor destination, float[] source) {
    real.upload(destination, source);
  }

  @Override
  public void download(float[] destination, Tensor source) {
    real.download(destination, source);
  }

  @Override
  public void synchronize() {
    real.synchronize();
  }

  @Override
  public ConvFilter prepareFilter(float[] weights, float[] bias, int outChannels, int inChannels) {
    return real.prepareFilter(weights, bias, outChannels, inChannels);
  }

  @Override
  public boolean replicatesEdges(int inChannels) {
    return real.replicatesEdges(inChannels);
  }

  @Override
  public boolean fusesMaxPool(int outChannels, int inChannels) {
    return real.fusesMaxPool(outChannels, inChannels);
  }

  @Override
  public OptionalDouble measurePeak() {
    return real.measurePeak();
  }

  @Override
  public OptionalDouble measureBandwidth() {
    return real.measureBandwidth();
  }

  @Override
  public Replay record(Runnable step) {
    return real.record(step);
  }

  @Override
  public void close() {
    real.close();
  }
}
