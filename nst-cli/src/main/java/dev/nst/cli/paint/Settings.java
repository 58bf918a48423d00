package dev.nst.cli.paint;

import dev.nst.backend.Backend;
import dev.nst.cli.watch.Scene.Setting;
import dev.nst.recipe.Names;
import dev.nst.recipe.Recipe;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells people what decides a picture and what computes it. */
final class Settings {

  private Settings() {}

  /**
   * Returns everything that a recipe holds, under the names it has there, so that nothing can be
   * forgotten, and the weights.
   */
  static List<Setting> of(Recipe recipe, String weights) {
    List<Setting> settings = new ArrayList<>();
    addComponents(settings, "", recipe);
    settings.add(new Setting("weights", weights));
    return settings;
  }

  /** Returns what computes, and in how much memory. */
  static List<Setting> of(Backend backend, long peakBytes) {
    return List.of(
        new Setting("backend", backend.name() + ", " + backend.description()),
        new Setting("precision", backend.precision().label()),
        new Setting("memory", "about " + ((peakBytes >> 20) + 1) + " MiB"),
        new Setting("Java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")"),
        new Setting(
            "system", System.getProperty("os.name") + ", " + System.getProperty("os.arch")));
  }

  private static void addComponents(List<Setting> settings, String prefix, Record values) {
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      String name = component.getName().equals("name") ? "recipe" : words(component.getName());
      Object value = value(values, component);
      if (value instanceof Record nested) {
        addComponents(settings, prefix + name + " ", nested);
      } else {
        settings.add(new Setting(prefix + name, text(value)));
      }
    }
  }

  private static Object value(Record owner, RecordComponent component) {
    try {
      return component.getAccessor().invoke(owner);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a recipe's " + component.getName() + " is hidden", e);
    }
  }

  /** Returns {@code styleWeight} as {@code style weight}. */
  private static String words(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  private static String text(Object value) {
    if (value instanceof Map<?, ?> map) {
      return joined(
          map.entrySet().stream()
              .map(entry -> text(entry.getKey()) + " " + text(entry.getValue()))
              .toList());
    }
    if (value instanceof Collection<?> many) {
      return joined(many.stream().map(Settings::text).toList());
    }
    if (value instanceof Optional<?> maybe) {
      return maybe.map(Settings::text).orElse("none");
    }
    if (value instanceof Double number && number == Math.rint(number)) {
      return String.format(Locale.ROOT, "%.0f", number);
    }
    // An enum that has no name for users goes by its own.
    return value instanceof Enum<?> constant && constant.toString().equals(constant.name())
        ? Names.of(constant)
        : String.valueOf(value);
  }

  private static String joined(List<String> texts) {
    return texts.isEmpty() ? "none" : texts.stream().collect(Collectors.joining(", "));
  }
}
