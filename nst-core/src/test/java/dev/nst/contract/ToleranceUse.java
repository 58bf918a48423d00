package dev.nst.contract;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Remembers, for each kernel, the largest share of its tolerance that any result used. */
final class ToleranceUse {

  private final Map<String, Double> worst = new TreeMap<>();

  void note(String kernel, double share) {
    worst.merge(kernel, share, Math::max);
  }

  /** Returns one line for each kernel, or nothing if nothing was compared. */
  String report(String title) {
    if (worst.isEmpty()) {
      return "";
    }
    int width = worst.keySet().stream().mapToInt(String::length).max().orElseThrow();
    StringBuilder text = new StringBuilder(title).append(", tolerance used at most:\n");
    worst.forEach(
        (kernel, share) -> {
          String padding = " ".repeat(width - kernel.length());
          String percent = String.format(Locale.ROOT, " %5.1f %%%n", 100 * share);
          text.append("  ").append(kernel).append(padding).append(percent);
        });
    return text.toString();
  }
}
