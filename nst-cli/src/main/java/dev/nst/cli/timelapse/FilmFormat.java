package dev.nst.cli.timelapse;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The formats of films, told by the extension. */
enum FilmFormat {
  /** 256 colours a frame, shown everywhere. */
  GIF(".gif") {
    @Override
    Film open(Path file, Dimensions size, int rate) throws IOException {
      return new GifFilm(file, rate);
    }
  },
  /** All colours, shown by browsers, and larger. */
  APNG(".png", ".apng") {
    @Override
    Film open(Path file, Dimensions size, int rate) throws IOException {
      return new ApngFilm(file, rate);
    }
  },
  /** Small, by a program that has to be there. */
  MP4(".mp4") {
    @Override
    Film open(Path file, Dimensions size, int rate) throws IOException {
      return new Mp4Film(file, size, rate);
    }

    @Override
    void requireTools() {
      Mp4Film.requireFfmpeg(Mp4Film.FFMPEG);
    }
  };

  private final List<String> extensions;

  FilmFormat(String... extensions) {
    this.extensions = List.of(extensions);
  }

  /**
   * Begins a film.
   *
   * @param file is made or replaced
   * @param rate frames a second
   */
  abstract Film open(Path file, Dimensions size, int rate) throws IOException;

  /**
   * Checks that this machine has what it takes.
   *
   * @throws NstException if it has not
   */
  void requireTools() {}

  /**
   * Returns the format that a file's name asks for.
   *
   * @throws NstException if there is no such format
   */
  static FilmFormat of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (FilmFormat format : values()) {
      if (format.extensions.stream().anyMatch(name::endsWith)) {
        return format;
      }
    }
    throw new NstException(
        "--timelapse: "
            + file
            + " is no name for a film; let it end with .gif, .png, .apng or .mp4.");
  }
}
