package dev.nst.converter;

import dev.nst.converter.PickleValue.Dict;
import dev.nst.converter.PickleValue.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the state dict in what was saved: the object itself, or what training scripts wrap. */
final class StateDict {
  /** The customary keys of PyTorch's ImageNet example and of its tutorials. */
  private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict");

  private StateDict() {}

  /** The tensors by name, in the order in which they were saved. */
  static Map<String, Tensor> tensorsOf(PickleValue saved, CheckpointFile file) {
    if (!(saved instanceof Dict dict)) {
      throw file.damaged("it holds " + saved.kind() + " where a state dict was expected");
    }
    for (String wrapper : WRAPPERS) {
      if (dict.entries().get(wrapper) instanceof Dict wrapped) {
        return tensorsIn(wrapped);
      }
    }
    return tensorsIn(dict);
  }

  private static Map<String, Tensor> tensorsIn(Dict dict) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    dict.entries()
        .forEach(
            (name, value) -> {
              if (value instanceof Tensor tensor) {
                tensors.put(name, tensor);
              }
            });
    return tensors;
  }
}
