package dev.nst.recipe;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Recipes as JSON. Every key is written, and every key is wanted when reading, unless {@code
 * "base"} names a recipe that the missing ones are taken from. There are no hidden defaults.
 */
public final class RecipeJson {

  /** More than a hundred times the largest recipe there can be. */
  private static final long MOST_BYTES = 1 << 20;

  private static final String BASE = "base";

  /** Objects that a file gives as a whole: a layer that it does not name has no weight. */
  private static final Set<String> WHOLE = Set.of("layers");

  private RecipeJson() {}

  /**
   * Reads a recipe.
   *
   * @throws NstException if the file cannot be read or holds no recipe, in one sentence that names
   *     the file, the key and what is possible
   */
  public static Recipe read(Path file) {
    String source = "Recipe '" + file + "'";
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new NstException(
            source + " has more than 1 MiB, so it is no recipe; check the path.");
      }
      return parse(Files.readString(file), source);
    } catch (MalformedInputException e) {
      throw new NstException(source + " is not a text in UTF-8, so it is no recipe.", e);
    } catch (IOException e) {
      String reason =
          Files.isDirectory(file)
              ? "is a directory; name a JSON file"
              : Files.exists(file) ? "may not be read; check its permissions" : "does not exist";
      throw new NstException(source + " " + reason + ".", e);
    }
  }

  /**
   * Parses a recipe.
   *
   * @param source where the text comes from, the subject of a refusal
   */
  public static Recipe parse(String json, String source) {
    Map<String, Object> object = JsonTree.parse(json, source);
    Object base = object.remove(BASE);
    if (base != null) {
      if (!(base instanceof String name)) {
        throw new NstException(source + ": key 'base' should be the name of a recipe.");
      }
      object = merged(RecipeTree.of(base(name, source)), object);
    }
    return RecipeReader.recipe(new JsonFields(source, "", object));
  }

  private static Recipe base(String name, String source) {
    try {
      return Recipe.named(name);
    } catch (NstException e) {
      throw new NstException(source + ": key 'base' is not understood: " + e.getMessage(), e);
    }
  }

  /** Returns {@code base} with what {@code changes} has, key by key. */
  private static Map<String, Object> merged(Map<?, ?> base, Map<?, ?> changes) {
    Map<String, Object> result = new LinkedHashMap<>();
    base.forEach((key, value) -> result.put((String) key, value));
    changes.forEach(
        (key, value) ->
            result.merge(
                (String) key,
                value,
                (old, change) ->
                    old instanceof Map<?, ?> from
                            && change instanceof Map<?, ?> to
                            && !WHOLE.contains(key)
                            && sameKind(from, to)
                        ? merged(from, to)
                        : change));
    return result;
  }

  /** Returns whether keys of one object mean the same in the other. */
  private static boolean sameKind(Map<?, ?> from, Map<?, ?> to) {
    return !to.containsKey(RecipeTree.KIND)
        || to.get(RecipeTree.KIND).equals(from.get(RecipeTree.KIND));
  }

  /** Returns the JSON of a recipe, which {@link #parse} understands. */
  public static String format(Recipe recipe) {
    return JsonTree.format(RecipeTree.of(recipe));
  }
}
