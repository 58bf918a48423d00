package dev.nst.autograd;

import dev.nst.backend.Backend;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reverse-mode automatic differentiation: writes a line per operation on the way forward and walks
 * the lines back. Only operations with an input that wants a gradient are written down.
 *
 * <p>Memory: values and gradients live in the step arena. On the way back, the output of an
 * operation and its gradient are released as soon as the operation is done, since only later
 * operations, already walked, could have needed them. An operation recorded right after the one
 * whose output it reads therefore costs no memory beyond that moment; this is why losses are
 * recorded at their taps and not at the end.
 *
 * <p>A tape is used for one forward and one backward walk.
 */
public final class Tape {

  private record Entry(Op op, Variable output) {}

  private final Backend backend;
  private final Arena arena;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * Creates an empty tape.
   *
   * @param backend runs the kernels
   * @param arena where outputs and gradients are allocated
   */
  public Tape(Backend backend, Arena arena) {
    this.backend = backend;
    this.arena = arena;
  }

  /** Returns the backend that runs the kernels. */
  public Backend backend() {
    return backend;
  }

  /** Returns a variable whose gradient is wanted; the tape never releases its value. */
  public Variable leaf(Tensor value) {
    return new Variable(value, true).retain();
  }

  /** Returns a variable that needs no gradient; the tape never releases its value. */
  public Variable constant(Tensor value) {
    return new Variable(value, false).retain();
  }

  /** Returns a float32 tensor of undefined contents for an operation's output. */
  public Tensor allocate(Shape shape) {
    return arena.allocate(shape, DType.F32);
  }

  /**
   * Returns a tensor of the backend's feature type and undefined contents for an operation's
   * output.
   */
  public Tensor allocateFeatures(Shape shape) {
    return arena.allocate(shape, backend.featureType());
  }

  /** Returns a tensor of the shape and type of {@code other} and undefined contents. */
  public Tensor allocateLike(Tensor other) {
    return arena.allocate(other.shape(), other.type());
  }

  /**
   * Writes an operation down if one of its inputs wants a gradient.
   *
   * @param value the operation's output
   * @param op how to pass a gradient on
   * @param inputs the variables that the output was computed from
   */
  public Variable record(Tensor value, Op op, Variable... inputs) {
    for (Variable input : inputs) {
      if (input.requiresGradient()) {
        Variable output = new Variable(value, true);
        entries.add(new Entry(op, output));
        return output;
      }
    }
    return new Variable(value, false);
  }

  /**
   * Walks back from {@code result}. Afterwards {@link #gradient} gives the gradients of the leaves.
   *
   * @param result a scalar that depends on a leaf
   * @param seed gradient of the result itself
   */
  public void backward(Variable result, float seed) {
    backward(result, gradResult -> backend.fill(gradResult, seed));
  }

  /**
   * Walks back from {@code result} as {@link #backward(Variable, float)} does, from a seed that the
   * device knows.
   *
   * @param result a scalar that depends on a leaf
   * @param seed gradient of the result itself, a float32 scalar: 1, or a factor that keeps small
   *     gradients representable
   */
  public void backward(Variable result, Tensor seed) {
    backward(result, gradResult -> backend.copy(gradResult, seed));
  }

  private void backward(Variable result, Consumer<Tensor> seed) {
    if (result.shape().size() != 1) {
      throw new IllegalArgumentException("backward starts from a scalar, got " + result.shape());
    }
    if (!result.requiresGradient()) {
      throw new IllegalArgumentException("backward: the result does not depend on any leaf");
    }
    Tensor gradResult = allocateLike(result.value());
    seed.accept(gradResult);
    result.setGradient(gradResult);
    for (int i = entries.size() - 1; i >= 0; i--) {
      Entry entry = entries.get(i);
      Tensor gradOutput = entry.output().gradient();
      if (gradOutput != null) {
        entry.op().backward(this, gradOutput);
        gradOutput.release();
        entry.output().setGradient(null);
      }
      if (!entry.output().isRetained()) {
        entry.output().value().release();
      }
    }
    entries.clear();
  }

  /**
   * Returns the gradient of a leaf after {@link #backward}, in the step arena.
   *
   * @throws IllegalStateException if none reached it
   */
  public Tensor gradient(Variable leaf) {
    if (leaf.gradient() == null) {
      throw new IllegalStateException("no gradient reached this variable of shape " + leaf.shape());
    }
    return leaf.gradient();
  }

  /** A kernel that either overwrites its destination or adds to it. */
  @FunctionalInterface
  public interface Accumulating {
    /** Writes to {@code destination}, or adds to it. */
    void run(Tensor destination, boolean accumulate);
  }

  /** Adds to the gradient of {@code input}, if it wants one, with a kernel that can accumulate. */
  public void contribute(Variable input, Accumulating kernel) {
    if (input.requiresGradient()) {
      boolean accumulate = input.gradient() != null;
      if (!accumulate) {
        input.setGradient(allocateLike(input.value()));
      }
      kernel.run(input.gradient(), accumulate);
    }
  }

  /**
   * Adds to the gradient of {@code input}, if it wants one, with a kernel that can only overwrite.
   */
  public void contributeNew(Variable input, Consumer<Tensor> kernel) {
    contribute(
        input,
        (destination, accumulate) -> {
          if (!accumulate) {
            kernel.accept(destination);
            return;
          }
          Tensor part = allocateLike(destination);
          kernel.accept(part);
          backend.add(destination, destination, part);
          part.release();
        });
  }
}
