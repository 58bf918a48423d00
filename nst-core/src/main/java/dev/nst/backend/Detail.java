package dev.nst.backend;

import java.util.Objects;

/**
 * One thing that a backend tells of itself and this machine, for {@code nst devices --verbose}.
 *
 * @param item what it is, in a few words: {@code "vector width"}
 * @param value how it is here, for a person: {@code "256 bits"}
 */
public record Detail(String item, String value) {

  /** Requires both. */
  public Detail {
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(value, "value");
  }
}
