package dev.nst.converter;

import dev.nst.converter.PickleValue.Bool;
import dev.nst.converter.PickleValue.Callable;
import dev.nst.converter.PickleValue.Dict;
import dev.nst.converter.PickleValue.Int;
import dev.nst.converter.PickleValue.None;
import dev.nst.converter.PickleValue.Sequence;
import dev.nst.converter.PickleValue.Storage;
import dev.nst.converter.PickleValue.StorageClass;
import dev.nst.converter.PickleValue.Tensor;
import dev.nst.converter.PickleValue.Text;
import dev.nst.converter.PickleValue.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Python names a state dict may use and what calling them makes; all others are refused.
 *
 * <p>This is a closed list, not a list of known dangers. The functions are those of {@code
 * torch/_utils.py}; the oldest of them are there because torchvision's own files date from 2017.
 */
final class TorchObjects {
  private static final int MAX_RANK = 64;

  private final CheckpointFile file;
  private final Map<String, Storage> storages = new LinkedHashMap<>();

  TorchObjects(CheckpointFile file) {
    this.file = file;
  }

  /** All storages that were loaded so far, by key. */
  Map<String, Storage> storages() {
    return Collections.unmodifiableMap(storages);
  }

  /** The function or class with this name, if it is one of those a state dict needs. */
  PickleValue resolve(String module, String name) {
    for (Callable callable : Callable.values()) {
      if (callable.isNamed(module, name)) {
        return callable;
      }
    }
    if (module.equals("torch") || module.equals("torch.cuda")) {
      return ElementType.ofStorageClass(name)
          .map(StorageClass::new)
          .orElseThrow(() -> file.refusedGlobal(module, name));
    }
    throw file.refusedGlobal(module, name);
  }

  /** What the call makes; {@code input} is there to say where a wrong one stands. */
  PickleValue call(Callable function, List<PickleValue> arguments, PickleInput input) {
    int count = arguments.size();
    switch (function) {
      case ORDERED_DICT -> {
        if (count == 0) {
          return new Dict(new LinkedHashMap<>());
        } else if (count == 1 && arguments.get(0) instanceof Sequence pairs) {
          return dictOf(pairs, input);
        }
      }
      case SIZE -> {
        if (count == 1 && arguments.get(0) instanceof Tuple extents) {
          return extents;
        }
      }
      case REBUILD_TENSOR -> {
        if (count == 4) {
          return tensor(arguments, input);
        }
      }
      case REBUILD_TENSOR_V2 -> {
        // After the four come requires_grad and hooks, which say nothing about the numbers, and
        // since PyTorch 2.0 flags, such as that all the numbers are to be negated.
        if (count == 6 || (count == 7 && isEmpty(arguments.get(6)))) {
          return tensor(arguments, input);
        }
      }
      case REBUILD_PARAMETER, PARAMETER -> {
        if (count >= 1 && count <= 3 && arguments.get(0) instanceof Tensor data) {
          return data;
        }
      }
    }
    throw input.damaged("it calls " + function.kind() + " with arguments that are not understood");
  }

  private static boolean isEmpty(PickleValue flags) {
    return flags == None.NONE || (flags instanceof Dict dict && dict.entries().isEmpty());
  }

  /** Python 2 made an OrderedDict from a list of pairs, each of them a list. */
  private static Dict dictOf(Sequence pairs, PickleInput input) {
    Map<String, PickleValue> entries = new LinkedHashMap<>();
    for (PickleValue pair : pairs.items()) {
      if (pair instanceof Sequence items
          && items.items().size() == 2
          && items.items().get(0) instanceof Text key) {
        entries.put(key.value(), items.items().get(1));
      } else {
        throw input.damaged("it makes an OrderedDict of something other than pairs");
      }
    }
    return new Dict(entries);
  }

  private static Tensor tensor(List<PickleValue> arguments, PickleInput input) {
    if (!(arguments.get(0) instanceof Storage storage
        && arguments.get(2) instanceof Tuple sizes
        && arguments.get(3) instanceof Tuple steps)) {
      throw input.damaged("it makes a tensor of something other than a storage");
    }
    long offset = natural(arguments.get(1), input);
    if (sizes.items().size() != steps.items().size() || sizes.items().size() > MAX_RANK) {
      throw input.damaged("it makes a tensor whose shape and strides do not match");
    }
    List<Integer> shape = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    for (int d = 0; d < sizes.items().size(); d++) {
      long extent = natural(sizes.items().get(d), input);
      if (extent > Integer.MAX_VALUE) {
        throw input.damaged("it makes a tensor with an extent of " + extent + ", too large");
      }
      shape.add((int) extent);
      strides.add(natural(steps.items().get(d), input));
    }
    Tensor tensor = new Tensor(storage, offset, List.copyOf(shape), List.copyOf(strides));
    checkInsideStorage(tensor, input);
    return tensor;
  }

  private static void checkInsideStorage(Tensor tensor, PickleInput input) {
    long available = tensor.storage().elements();
    boolean empty = tensor.shape().contains(0);
    try {
      long last = tensor.offset();
      long elements = 1;
      for (int d = 0; d < tensor.shape().size() && !empty; d++) {
        long extent = tensor.shape().get(d);
        last = Math.addExact(last, Math.multiplyExact(extent - 1, tensor.strides().get(d)));
        elements = Math.multiplyExact(elements, extent);
      }
      if (last < available || (empty && tensor.offset() <= available)) {
        return;
      }
    } catch (ArithmeticException e) {
      // Too large to count, so too large for the storage: refused below.
    }
    throw input.damaged(
        "it makes a tensor that reaches beyond its storage of " + available + " elements");
  }

  private static long natural(PickleValue value, PickleInput input) {
    if (value instanceof Int integer
        && integer.value().signum() >= 0
        && integer.value().bitLength() < Long.SIZE) {
      return integer.value().longValue();
    }
    throw input.damaged("it holds " + value.kind() + " where a natural number was expected");
  }

  /**
   * Setting an object's attributes: a state dict keeps its {@code _metadata} so, and a parameter of
   * 2017 its three flags. None of it is needed, so it is only checked.
   */
  void checkState(PickleValue target, PickleValue state, PickleInput input) {
    boolean understood =
        (target instanceof Dict && state instanceof Dict)
            || (target instanceof Tensor
                && state instanceof Tuple flags
                && flags.items().size() == 3
                && flags.items().get(0) instanceof Bool);
    if (!understood) {
      throw input.damaged("it sets the state of " + target.kind() + " to " + state.kind());
    }
  }

  /** Finds what a persistent id names: ('storage', class, key, location, elements[, None]). */
  Storage load(PickleValue id, PickleInput input) {
    List<PickleValue> parts = id instanceof Tuple tuple ? tuple.items() : List.of();
    if (!parts.isEmpty() && parts.get(0) instanceof Text type && type.value().equals("module")) {
      throw input.damaged("it holds a whole module where a state dict was expected");
    }
    if (parts.size() == 6 && parts.get(5) != None.NONE) {
      throw input.damaged("it holds a view of a storage, which nst does not read");
    }
    if ((parts.size() == 5 || parts.size() == 6)
        && parts.get(0) instanceof Text type
        && type.value().equals("storage")
        && parts.get(1) instanceof StorageClass storageClass
        && parts.get(2) instanceof Text key) {
      ElementType elementType = storageClass.type();
      long elements = natural(parts.get(4), input);
      if (elements > file.size() / elementType.bytes()) {
        throw input.damaged("it has a storage of " + elements + " elements, more than its size");
      }
      Storage storage = storages.get(key.value());
      if (storage == null) {
        storage = new Storage(key.value(), elementType, elements);
        storages.put(key.value(), storage);
      }
      if (storage.type() == elementType && storage.elements() == elements) {
        return storage;
      }
    }
    throw input.damaged("it refers to a storage in a way that is not understood");
  }
}
