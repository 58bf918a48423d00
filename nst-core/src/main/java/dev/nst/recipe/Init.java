package dev.nst.recipe;

import dev.nst.NstException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What the picture is before the first step. */
public sealed interface Init {

  /** Starts that follow from the pictures and the seed. */
  enum Drawn implements Init {
    /** The photograph. */
    CONTENT,
    /** The first painting, stretched to the photograph's size. */
    STYLE,
    /**
     * The mean colour of ImageNet with a trace of normal noise, of standard deviation 0.001 / 255
     * (neural-style-pt's {@code randn * 0.001}).
     */
    RANDOM,
    /** Middle grey with a trace of uniform noise, {@code .5 + U / 255}. */
    GRAY,
    /** Every value uniform in [0, 1]. */
    UNIFORM,
    /** Normal noise of mean .5 and standard deviation .25, drawn again outside of [0, 1]. */
    NORMAL,
    /**
     * Normal noise with each channel's mean and variance over the paintings, blended, drawn again
     * outside of [0, 1].
     */
    STYLE_STATS;
  }

  /**
   * A picture, resized to the photograph's size.
   *
   * @param file what {@code Images.read} understands
   */
  record Picture(Path file) implements Init {}

  /** Returns how users write it: a name, or a path. */
  static String format(Init init) {
    // A switch over sealed types would need Java 21.
    return init instanceof Drawn drawn ? Names.of(drawn) : ((Picture) init).file().toString();
  }

  /**
   * Returns the start of that name, or else the picture at that path.
   *
   * @throws NstException if it cannot be either
   */
  static Init of(String text) {
    for (Drawn drawn : Drawn.values()) {
      if (Names.of(drawn).equals(text)) {
        return drawn;
      }
    }
    try {
      return new Picture(Path.of(text));
    } catch (InvalidPathException e) {
      throw new NstException(
          "'" + text + "' is no path and none of " + Names.all(Drawn.class) + ".", e);
    }
  }
}
