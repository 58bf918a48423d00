package dev.nst.cli.timelapse;

import java.nio.file.Path;

/**
 * A film as the user asked for it.
 *
 * @param file where it goes; the extension says in which format
 * @param frames how many pictures it has at most, at least 2
 * @param rate frames shown a second, from 1 to {@link #FASTEST}
 * @param size shorter edge of the film in pixels, or 0 for that of the picture; a larger one is
 *     taken as that of the picture
 */
public record TimelapseRequest(Path file, int frames, int rate, int size) {

  /** Four seconds at the usual rate. */
  public static final int DEFAULT_FRAMES = 80;

  /** Frames a second unless the user asks for others. */
  public static final int DEFAULT_RATE = 20;

  /** Browsers show a GIF whose frames are shorter than 2/100 s much slower. */
  public static final int FASTEST = 50;

  /**
   * Checks that this machine can make such a film.
   *
   * @throws dev.nst.NstException if the extension is unknown or a program is missing
   */
  public void check() {
    FilmFormat.of(file).requireTools();
  }
}
