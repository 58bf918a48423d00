package dev.nst.cli;

import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a command that computes lets the user say about where and how. */
final class ComputeOptions {

  @Option(
      names = "--backend",
      paramLabel = "auto|cpu|cpu-vector|cuda",
      defaultValue = Backends.AUTO,
      converter = Values.BackendName.class,
      description = "What to compute on; see 'nst devices' (default: auto, the fastest).")
  private String backend;

  @Option(
      names = "--precision",
      paramLabel = "fp32|tf32|bf16|fp16",
      converter = Values.PrecisionName.class,
      description = "Arithmetic of the network (default: the backend's choice; a CPU has fp32).")
  private Precision precision;

  /** Returns a backend's name or {@code auto}. */
  String backend() {
    return backend;
  }

  /** Returns what to open it with. */
  BackendOptions backendOptions() {
    BackendOptions options = BackendOptions.defaults();
    return new BackendOptions(Optional.ofNullable(precision), options.threads());
  }
}
