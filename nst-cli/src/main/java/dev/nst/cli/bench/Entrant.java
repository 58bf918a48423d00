package dev.nst.cli.bench;

import dev.nst.backend.Backend;

/**
 * A backend that is measured.
 *
 * @param backend open
 * @param machine the ceilings that it measured for itself
 */
public record Entrant(Backend backend, Roofline machine) {

  /** Measures the ceilings, for about two seconds. */
  static Entrant measure(Backend backend) {
    double peak = backend.measurePeak().orElse(Double.NaN);
    double bandwidth = backend.measureBandwidth().orElse(Double.NaN);
    return new Entrant(backend, new Roofline(peak, bandwidth));
  }

  /** Returns what tables call it: {@code cpu-vector fp32}. */
  public String label() {
    return label(backend);
  }

  static String label(Backend backend) {
    return backend.name() + " " + backend.precision().label();
  }
}
