package dev.nst.converter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a conversion wrote.
 *
 * @param tensors the tensors in the order of the output, with the element type they had before
 * @param metadata what the output says of itself
 */
public record Conversion(List<CheckpointTensor> tensors, Map<String, String> metadata) {

  /** Makes both unmodifiable. */
  public Conversion {
    tensors = List.copyOf(tensors);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * The number of weights and biases.
   *
   * @return the sum over all tensors
   */
  public long parameters() {
    return tensors.stream().mapToLong(CheckpointTensor::elements).sum();
  }
}
