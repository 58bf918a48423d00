package dev.nst.cli.watch;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.OutputOptions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is going to be painted.
 *
 * @param content the photograph, or what is reconstructed
 * @param styles the paintings; none where the photograph is reconstructed
 * @param size of the finished picture
 * @param iterations of the run
 * @param settings everything else that decides the picture, in the order to show it
 * @param machine what it is computed on
 * @param written how its pictures are written
 */
public record Scene(
    Input content,
    List<Input> styles,
    Dimensions size,
    int iterations,
    List<Setting> settings,
    List<Setting> machine,
    OutputOptions written) {

  /** Copies the lists. */
  public Scene {
    styles = List.copyOf(styles);
    settings = List.copyOf(settings);
    machine = List.copyOf(machine);
  }

  /**
   * A picture that the run starts from.
   *
   * @param name of its file
   * @param picture as the run sees it
   */
  public record Input(String name, Image picture) {}

  /**
   * Something that was chosen, in words for people.
   *
   * @param name what
   * @param value which
   */
  public record Setting(String name, String value) {}

  /** Returns what to call the picture. */
  public String title() {
    if (styles.isEmpty()) {
      return content.name() + ", reconstructed";
    }
    return content.name()
        + " in the style of "
        + styles.stream().map(Input::name).collect(Collectors.joining(", "));
  }
}
