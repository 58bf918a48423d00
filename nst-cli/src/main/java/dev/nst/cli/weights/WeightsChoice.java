package dev.nst.cli.weights;

import java.nio.file.Path;

/** The weights that a run will use. */
public sealed interface WeightsChoice {

  /**
   * Trained weights.
   *
   * @param file a safetensors file
   * @param origin where they come from, for a person
   */
  record Trained(Path file, String origin) implements WeightsChoice {}

  /** The embedded default: random features. */
  record Builtin() implements WeightsChoice {}
}
