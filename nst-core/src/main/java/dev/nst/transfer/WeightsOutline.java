package dev.nst.transfer;

import dev.nst.model.InputConvention;
import dev.nst.model.VggArchitecture;
import dev.nst.weights.WeightSource;
import java.util.Map;

/**
 * Every tensor of a network by name and shape, and no numbers: what the memory plan rehearses with.
 */
record WeightsOutline(VggArchitecture architecture, InputConvention input) implements WeightSource {

  @Override
  public boolean has(String name) {
    return architecture.tensors().containsKey(name);
  }

  @Override
  public int[] shape(String name) {
    return architecture.tensors().get(name).stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public float[] read(String name) {
    return new float[0];
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of(InputConvention.KEY, input.id());
  }

  @Override
  public String description() {
    return "the memory plan";
  }
}
