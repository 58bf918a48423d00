package dev.nst.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.NativePointerObject;
import jcuda.Pointer;

/**
 * The arguments of a kernel, in order. Each method stands for one C type; the kernel's parameter
 * must have it, nothing converts or checks.
 */
final class Arguments {

  private final List<NativePointerObject> pointers = new ArrayList<>();

  /** A pointer into device memory; null is a null pointer. */
  Arguments pointer(Pointer device) {
    pointers.add(device == null ? Pointer.to(new long[1]) : Pointer.to(device));
    return this;
  }

  /** An {@code int}. */
  Arguments int32(int value) {
    pointers.add(Pointer.to(new int[] {value}));
    return this;
  }

  /** An {@code int} that is 0 or 1. */
  Arguments flag(boolean value) {
    return int32(value ? 1 : 0);
  }

  /** An {@code index_t}, 64 bits. */
  Arguments index(long value) {
    pointers.add(Pointer.to(new long[] {value}));
    return this;
  }

  /** A {@code float}. */
  Arguments float32(float value) {
    pointers.add(Pointer.to(new float[] {value}));
    return this;
  }

  /** A {@code double}. */
  Arguments float64(double value) {
    pointers.add(Pointer.to(new double[] {value}));
    return this;
  }

  /** A structure made of {@code int}s. */
  Arguments ints(int... members) {
    pointers.add(Pointer.to(members));
    return this;
  }

  /** A structure made of {@code float}s. */
  Arguments floats(float... members) {
    pointers.add(Pointer.to(members));
    return this;
  }

  /** A structure made of {@code index_t}s. */
  Arguments indices(long... members) {
    pointers.add(Pointer.to(members));
    return this;
  }

  Pointer toPointer() {
    return Pointer.to(pointers.toArray(new NativePointerObject[0]));
  }
}
