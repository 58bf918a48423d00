package dev.nst.backend;

import dev.nst.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A kernel that was called on a {@link ForwardingBackend}, which has not answered yet. */
public final class CalledKernel {

  /** How an argument is replaced by another. */
  @FunctionalInterface
  public interface Replacement<T> {

    /**
     * Returns what takes the place of an argument.
     *
     * @param position among all arguments, from 0
     */
    T of(int position, T argument);
  }

  private final Object proxy;
  private final Object real;
  private final Method method;
  private final List<Object> arguments;

  CalledKernel(Object proxy, Object real, Method method, Object[] arguments) {
    this.proxy = proxy;
    this.real = real;
    this.method = method;
    this.arguments = List.of(arguments);
  }

  /** Returns the name of its method. */
  public String name() {
    return method.getName();
  }

  /** Returns whether it is a default method, made of other kernels. */
  public boolean isComposed() {
    return method.isDefault();
  }

  /** Returns its tensors, destinations first. */
  public List<Tensor> tensors() {
    return all(Tensor.class).toList();
  }

  /** Returns its first destination. */
  public Tensor destination() {
    return (Tensor) arguments.get(0);
  }

  /** Returns the filter of a convolution. */
  public ConvFilter filter() {
    return all(ConvFilter.class).findFirst().orElseThrow();
  }

  /** Returns whether it adds to its destination. */
  public boolean accumulates() {
    return all(Boolean.class).anyMatch(flag -> flag);
  }

  private <T> Stream<T> all(Class<T> type) {
    return arguments.stream().filter(type::isInstance).map(type::cast);
  }

  /** Runs it on the real backend. */
  public void run() {
    ForwardingBackend.invoke(real, method, arguments.toArray());
  }

  /** Runs it on the real backend, with other tensors and another filter. */
  public void run(Replacement<Tensor> tensors, UnaryOperator<ConvFilter> filters) {
    Object[] replaced = arguments.toArray();
    for (int i = 0; i < replaced.length; i++) {
      if (replaced[i] instanceof Tensor tensor) {
        replaced[i] = tensors.of(i, tensor);
      } else if (replaced[i] instanceof ConvFilter filter) {
        replaced[i] = filters.apply(filter);
      }
    }
    ForwardingBackend.invoke(real, method, replaced);
  }

  /** Runs the kernels that it {@linkplain #isComposed is made of}, which are called like it. */
  public void runComposed() {
    try {
      InvocationHandler.invokeDefault(proxy, method, arguments.toArray());
    } catch (Throwable e) { // as the method itself declares to throw none
      throw ForwardingBackend.unchecked(e);
    }
  }
}
