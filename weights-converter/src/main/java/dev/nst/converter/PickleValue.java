package dev.nst.converter;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * What can lie on the stack of a {@link PickleMachine}.
 *
 * <p>A hostile pickle can make values contain each other, and themselves, to any depth, so nothing
 * may walk them recursively: neither {@code toString}, {@code equals} nor {@code hashCode} of a
 * value is ever called.
 */
sealed interface PickleValue {

  /** Names the kind of value in messages. */
  String kind();

  /** How many items a call copies that is given this value. */
  default int size() {
    return 0;
  }

  /** Python's {@code None}. */
  enum None implements PickleValue {
    NONE;

    @Override
    public String kind() {
      return "None";
    }
  }

  record Bool(boolean value) implements PickleValue {
    @Override
    public String kind() {
      return "a truth value";
    }
  }

  record Int(BigInteger value) implements PickleValue {
    static Int of(long value) {
      return new Int(BigInteger.valueOf(value));
    }

    @Override
    public String kind() {
      return "an integer";
    }
  }

  record Real(double value) implements PickleValue {
    @Override
    public String kind() {
      return "a float";
    }
  }

  record Text(String value) implements PickleValue {
    @Override
    public String kind() {
      return "text";
    }
  }

  record Tuple(List<PickleValue> items) implements PickleValue {
    @Override
    public String kind() {
      return "a tuple";
    }

    @Override
    public int size() {
      return items.size();
    }
  }

  /** A Python list; {@code items} grows as the pickle appends to it. */
  record Sequence(List<PickleValue> items) implements PickleValue {
    @Override
    public String kind() {
      return "a list";
    }

    @Override
    public int size() {
      return items.size();
    }
  }

  /**
   * A dict or OrderedDict; {@code entries} grows as the pickle sets items. Entries under keys other
   * than text, such as the integers of an optimizer's state, are of no use here and left out.
   */
  record Dict(Map<String, PickleValue> entries) implements PickleValue {
    @Override
    public String kind() {
      return "a dict";
    }
  }

  /** A Python function or class that a pickle may call. */
  enum Callable implements PickleValue {
    ORDERED_DICT("collections", "OrderedDict"),
    SIZE("torch", "Size"),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor"),
    REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2"),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
    PARAMETER("torch.nn.parameter", "Parameter");

    private final String module;
    private final String function;

    Callable(String module, String function) {
      this.module = module;
      this.function = function;
    }

    boolean isNamed(String otherModule, String otherFunction) {
      return module.equals(otherModule) && function.equals(otherFunction);
    }

    @Override
    public String kind() {
      return module + "." + function;
    }
  }

  /** A class such as {@code torch.FloatStorage}. */
  record StorageClass(ElementType type) implements PickleValue {
    @Override
    public String kind() {
      return "a storage class";
    }
  }

  /** A run of elements that lies outside the pickle; {@code key} says where. */
  record Storage(String key, ElementType type, long elements) implements PickleValue {
    @Override
    public String kind() {
      return "a storage";
    }
  }

  /**
   * A view of a storage: the element at index {@code i} lies at {@code offset + sum i[d] *
   * strides[d]}. The constructor's caller has checked that all of it lies inside the storage.
   */
  record Tensor(Storage storage, long offset, List<Integer> shape, List<Long> strides)
      implements PickleValue {
    @Override
    public String kind() {
      return "a tensor";
    }

    long elements() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Whether the elements lie one after the other in row-major order. */
    boolean isContiguous() {
      long expected = 1;
      for (int d = shape.size() - 1; d >= 0; d--) {
        if (shape.get(d) != 1 && strides.get(d) != expected) {
          return false;
        }
        expected *= shape.get(d);
      }
      return true;
    }
  }
}
