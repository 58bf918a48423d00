package dev.nst.cuda.check;

import dev.nst.backend.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code gpu-check} was asked for: a map of options, because every one of them also travels to
 * the processes of the steps.
 */
record CheckOptions(Map<String, String> values) {

  static final List<String> PARTS =
      List.of("devices", "traces", "contracts", "speed", "full", "pytorch", "large");

  /** Every option but {@code --quick}, with its default. */
  private static final Map<String, String> DEFAULTS = defaults();

  static final String USAGE =
      """
      Usage: gpu-check [--quick] [--only PART[,PART]] [--json FILE] [--log FILE] [OPTION VALUE]...

      Parts, in this order: %s.
        --quick              contracts in one precision, fewer and shorter measurements
        --only PARTS         only these parts
        --json FILE          also write the report as JSON
        --log FILE           also write everything that the steps printed
        --minutes N          stop starting work after so long (9)
        --backend NAME       what is checked (cuda)
        --reference NAME     what it is compared with (cpu-vector)
        --precisions LIST    fp32,tf32,bf16,fp16
        --sizes LIST         edges of the pictures that are timed (256,512,1024)
        --iterations N       iterations of a timed run; 0 for about a second's worth
        --rounds N           timed runs whose median counts (5)
        --full-iterations N  iterations of the long run (5000)
        --trace-size N       edge of the pictures whose losses are compared (128)
        --trace-iterations N iterations that are compared (50)
        --large WxH          the size that must fit a large device (4096x3072)
        --weights FILE       trained weights as safetensors instead of synthetic ones
        --tests LIST         the contracts' classes; * is any text, %%p the precision as in Bf16
        --python CMD         a Python with PyTorch (python3)
        --torch-device NAME  what PyTorch computes on (cuda)
        --script FILE        what Python runs (the bundle's scripts/pytorch_gatys.py)
      """
          .formatted(String.join(", ", PARTS));

  private static Map<String, String> defaults() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("only", String.join(",", PARTS));
    map.put("json", "");
    map.put("log", "");
    map.put("minutes", "9");
    map.put("backend", "cuda");
    map.put("reference", "cpu-vector");
    map.put("precisions", "fp32,tf32,bf16,fp16");
    map.put("sizes", "256,512,1024");
    map.put("iterations", "0");
    map.put("rounds", "5");
    map.put("full-iterations", "5000");
    map.put("trace-size", "128");
    map.put("trace-iterations", "50");
    map.put("large", "4096x3072");
    map.put("weights", "");
    map.put("tests", "dev.nst.cuda.%p*Test");
    map.put("python", "python3");
    map.put("torch-device", "cuda");
    // The launcher knows where it lies, and the report's command line should not have to.
    map.put("script", System.getProperty("nst.check.script", "scripts/pytorch_gatys.py"));
    map.put("quick", "false");
    return map;
  }

  /** Reads a command line; throws IllegalArgumentException with a sentence if it makes no sense. */
  static CheckOptions parse(String... args) {
    Map<String, String> map = new LinkedHashMap<>(DEFAULTS);
    for (int i = 0; i < args.length; i++) {
      String name = args[i].startsWith("--") ? args[i].substring(2) : "";
      if (name.equals("quick")) {
        map.put("quick", "true");
        map.put("rounds", "3");
      } else if (!map.containsKey(name) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            map.containsKey(name) ? args[i] + " needs a value." : "Unknown option " + args[i]);
      } else {
        map.put(name, args[++i]);
      }
    }
    CheckOptions options = new CheckOptions(map);
    Set<String> unknown = new TreeSet<>(options.parts());
    unknown.removeAll(PARTS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("There is no part " + unknown + "; choose among " + PARTS);
    }
    options.precisions();
    for (String number : List.of("minutes", "iterations", "rounds", "trace-size")) {
      options.integer(number);
    }
    options.sizes();
    return options;
  }

  String get(String name) {
    return values.get(name);
  }

  boolean quick() {
    return get("quick").equals("true");
  }

  int integer(String name) {
    try {
      return Integer.parseInt(get(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--" + name + " must be a whole number, got '" + get(name) + "'", e);
    }
  }

  Set<String> parts() {
    return new LinkedHashSet<>(List.of(get("only").split(",")));
  }

  List<Precision> precisions() {
    return Arrays.stream(get("precisions").split(",")).map(Precision::of).toList();
  }

  /** Returns the precision that stands for the device in comparisons: bf16, if it is among ours. */
  Precision best() {
    List<Precision> all = precisions();
    return all.contains(Precision.BF16) ? Precision.BF16 : all.get(all.size() - 1);
  }

  List<Integer> sizes() {
    try {
      return Arrays.stream(get("sizes").split(",")).map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--sizes must be whole numbers, got " + get("sizes"), e);
    }
  }

  /** Returns the size that PyTorch is compared at: 512, or the one nearest to it. */
  int comparedSize() {
    return sizes().stream()
        .min((a, b) -> Integer.compare(Math.abs(a - 512), Math.abs(b - 512)))
        .orElseThrow();
  }

  /** Returns the weights file, or null for synthetic weights. */
  Path weights() {
    return get("weights").isEmpty() ? null : Path.of(get("weights"));
  }

  /** Returns these options with one changed. */
  CheckOptions with(String name, String value) {
    Map<String, String> map = new LinkedHashMap<>(values);
    map.put(name, value);
    return new CheckOptions(map);
  }

  /** Returns the command line that {@link #parse} reads as these options. */
  List<String> arguments() {
    return values.entrySet().stream()
        .filter(entry -> !entry.getKey().equals("quick"))
        .flatMap(entry -> List.of("--" + entry.getKey(), entry.getValue()).stream())
        .toList();
  }
}
