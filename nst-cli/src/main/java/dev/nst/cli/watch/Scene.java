package dev.nst.cli.watch;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import java.util.List;

/**
 * What is going to be painted.
 *
 * @param content the photograph
 * @param style the painting
 * @param size of the finished picture
 * @param iterations of the run
 * @param settings everything else that decides the picture, in the order to show it
 * @param machine what it is computed on
 */
public record Scene(
    Input content,
    Input style,
    Dimensions size,
    int iterations,
    List<Setting> settings,
    List<Setting> machine) {

  /** Copies the lists. */
  public Scene {
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
    return content.name() + " in the style of " + style.name();
  }
}
