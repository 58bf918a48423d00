package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import dev.nst.NstException;
import dev.nst.weights.Safetensors;
import dev.nst.weights.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What there is to say about a file of weights without reading its numbers.
 *
 * @param file the file's path
 * @param container how it is laid out, for people: {@code "safetensors"}, {@code "PyTorch zip"} or
 *     {@code "PyTorch legacy pickle"}
 * @param sha256 the file's checksum, 64 lower-case hexadecimal digits
 * @param tensors its tensors in the order of the file
 * @param metadata what the file says of itself; empty for checkpoints
 */
public record WeightsInfo(
    Path file,
    String container,
    String sha256,
    List<CheckpointTensor> tensors,
    Map<String, String> metadata) {

  /** Makes the collections unmodifiable. */
  public WeightsInfo {
    tensors = List.copyOf(tensors);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Describes a file, whose kind is recognised by its content.
   *
   * @param file a PyTorch checkpoint of either container, or a safetensors file
   * @return its description
   * @throws dev.nst.NstException if it is missing, unreadable, damaged, unsafe or of another kind
   */
  public static WeightsInfo describe(Path file) {
    if (Checkpoint.isCheckpoint(file)) {
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        return new WeightsInfo(
            file, checkpoint.container().title(), Sha256.of(file), checkpoint.tensors(), Map.of());
      }
    }
    if (!Checkpoint.isSafetensors(file)) {
      throw new NstException(
          "Weights file "
              + file
              + " is neither a PyTorch checkpoint nor a safetensors file; download it again or name"
              + " another.");
    }
    try (Safetensors safetensors = Safetensors.open(file)) {
      return new WeightsInfo(
          file,
          "safetensors",
          Sha256.of(file),
          safetensors.names().stream().map(name -> tensor(safetensors, name)).toList(),
          safetensors.metadata());
    }
  }

  private static CheckpointTensor tensor(Safetensors safetensors, String name) {
    TensorInfo info = safetensors.info(name);
    return new CheckpointTensor(name, ElementType.of(info.dtype()), info.shape());
  }

  /**
   * The number of elements of all tensors together.
   *
   * @return the count of parameters, 20,024,384 for the features of VGG-19
   */
  public long parameters() {
    return tensors.stream().mapToLong(CheckpointTensor::elements).sum();
  }

  /**
   * The description as text for a terminal.
   *
   * @return lines without line feeds or control characters
   */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("file        " + printable(file.toString()));
    lines.add("container   " + container);
    lines.add("sha256      " + sha256);
    lines.add("tensors     " + tensors.size());
    lines.add(String.format(Locale.ROOT, "parameters  %,d", parameters()));
    metadata.forEach((key, value) -> lines.add("metadata    " + printable(key + " = " + value)));
    for (CheckpointTensor tensor : tensors) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-24s %-9s %s",
              printable(tensor.name()),
              tensor.type().torchName(),
              tensor.shape()));
    }
    return Collections.unmodifiableList(lines);
  }
}
