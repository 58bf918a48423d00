package dev.nst.recipe;

import dev.nst.NstException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes the keys of a JSON object one by one, so that what is left over at the end is unknown. Each
 * refusal names the file, the key and what is possible.
 */
final class JsonFields {

  private final String source;
  private final String path;
  private final Map<String, Object> left;
  private final TreeSet<String> known = new TreeSet<>();

  /**
   * Starts with all keys.
   *
   * @param source the file, for refusals
   * @param path the keys that lead to the object, each with a dot at its end
   */
  JsonFields(String source, String path, Map<String, Object> object) {
    this.source = source;
    this.path = path;
    this.left = new LinkedHashMap<>(object);
  }

  /** Returns the sentence of a refusal. */
  NstException refuse(String key, String what) {
    return new NstException(source + ": key '" + path + key + "' " + what);
  }

  /** Returns a value made by a record, whose refusals get the file and the key. */
  <T> T checked(String key, Supplier<T> value) {
    try {
      return value.get();
    } catch (NstException e) {
      throw refuse(key, "is out of range: " + e.getMessage());
    }
  }

  /** Returns the whole object as a record, whose refusals get the file. */
  <T> T whole(Supplier<T> value) {
    try {
      return value.get();
    } catch (NstException e) {
      throw new NstException(source + ": " + e.getMessage(), e);
    }
  }

  private Object take(String key, String wanted) {
    known.add(key);
    Object value = left.remove(key);
    if (value == null) {
      throw refuse(key, "is missing; it takes " + wanted + ", or name a \"base\" recipe.");
    }
    return value;
  }

  private <T> T take(String key, Class<T> type, String wanted) {
    Object value = take(key, wanted);
    if (!type.isInstance(value)) {
      throw refuse(key, "is " + describe(value) + " where " + wanted + " was expected.");
    }
    return type.cast(value);
  }

  private static String describe(Object value) {
    if (value instanceof Map) {
      return "an object";
    }
    return value instanceof List
        ? "a list"
        : value instanceof String ? "'" + value + "'" : "" + value;
  }

  /** Returns an object's keys. */
  JsonFields object(String key) {
    Object value = take(key, Map.class, "an object");
    return new JsonFields(source, path + key + ".", copy((Map<?, ?>) value));
  }

  private static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put((String) key, value));
    return copy;
  }

  /** Returns a text. */
  String text(String key) {
    return take(key, String.class, "a text");
  }

  /** Returns the value of a name. */
  <T> T choice(String key, String what, Function<String, T> of) {
    String id = take(key, String.class, "the name of a " + what);
    return named(key, id, of);
  }

  private <T> T named(String key, String id, Function<String, T> of) {
    try {
      return of.apply(id);
    } catch (NstException e) {
      throw refuse(key, "is not understood: " + e.getMessage());
    }
  }

  /** Returns true or false. */
  boolean flag(String key) {
    return take(key, Boolean.class, "true or false");
  }

  /** Returns a number. */
  double number(String key) {
    return take(key, Number.class, "a number").doubleValue();
  }

  /** Returns a whole number of 64 bits. */
  long wholeNumber(String key) {
    return wholeNumber(key, take(key, "a whole number"));
  }

  private long wholeNumber(String key, Object value) {
    if (value instanceof Long number) {
      return number;
    }
    throw refuse(key, "is " + describe(value) + " where a whole number was expected.");
  }

  /** Returns a whole number of 32 bits. */
  int count(String key) {
    return count(key, take(key, "a whole number"));
  }

  private int count(String key, Object value) {
    long number = wholeNumber(key, value);
    if (number != (int) number) {
      throw refuse(key, "is " + number + ", which is more than nst can count to.");
    }
    return (int) number;
  }

  private List<?> list(String key, String wanted) {
    return take(key, List.class, wanted);
  }

  /** Returns a list of whole numbers of 32 bits. */
  List<Integer> counts(String key) {
    List<Integer> counts = new ArrayList<>();
    for (Object value : list(key, "a list of whole numbers")) {
      counts.add(count(key, value));
    }
    return counts;
  }

  /** Returns a list of values by their names. */
  <T> List<T> choices(String key, String what, Function<String, T> of) {
    List<T> values = new ArrayList<>();
    for (Object value : list(key, "a list of " + what)) {
      if (!(value instanceof String id)) {
        throw refuse(key, "has " + describe(value) + " where a name was expected.");
      }
      values.add(named(key, id, of));
    }
    return values;
  }

  /** Returns numbers by the values that they belong to. */
  <T> Map<T, Double> numbers(String key, Function<String, T> of) {
    Map<T, Double> numbers = new LinkedHashMap<>();
    JsonFields object = object(key);
    for (String id : List.copyOf(object.left.keySet())) {
      numbers.put(object.named(id, id, of), object.number(id));
    }
    return numbers;
  }

  /** Refuses what nobody took. */
  void end() {
    if (!left.isEmpty()) {
      String key = left.keySet().iterator().next();
      throw refuse(key, "is unknown; possible are " + String.join(", ", known) + ".");
    }
  }
}
