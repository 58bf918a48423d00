package dev.nst.recipe;

import dev.nst.NstException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How users write the values of closed sets: {@code STYLE_STATS} is {@code style-stats}. */
public final class Names {

  private Names() {}

  /** Returns the name of a value. */
  public static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns all names of a set, separated by commas. */
  public static String all(Class<? extends Enum<?>> set) {
    return Arrays.stream(set.getEnumConstants()).map(Names::of).collect(Collectors.joining(", "));
  }

  /**
   * Returns the value of that name.
   *
   * @param what the set, for a refusal: "style form"
   * @throws NstException if there is none, listing those there are
   */
  public static <E extends Enum<E>> E parse(String what, Class<E> set, String name) {
    return Arrays.stream(set.getEnumConstants())
        .filter(value -> of(value).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new NstException(
                    "There is no " + what + " '" + name + "'; choose among " + all(set) + "."));
  }
}
