package dev.nst.cli.timelapse;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An MP4 with H.264 that {@code ffmpeg} encodes: it reads frames as raw pixels from its input. The
 * film has even edges, as that format wants, so a last odd row or column is cut off.
 */
final class Mp4Film implements Film {

  /** The program, found by PATH. */
  static final String FFMPEG = "ffmpeg";

  /** Its status after SIGINT, which Ctrl-C sends to every process of a terminal's job. */
  private static final int INTERRUPTED = 255;

  private final Path file;
  private final Process ffmpeg;
  private final OutputStream pixels;
  private boolean interrupted;

  Mp4Film(Path file, Dimensions size, int rate) throws IOException {
    this.file = file;
    List<String> command =
        List.of(
            FFMPEG,
            "-loglevel",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-video_size",
            size.width() + "x" + size.height(),
            "-framerate",
            Integer.toString(rate),
            "-i",
            "pipe:0",
            "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0",
            "-c:v",
            "libx264",
            "-crf",
            "18",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            file.toAbsolutePath().toString());
    ffmpeg = new ProcessBuilder(command).redirectErrorStream(true).start();
    pixels = ffmpeg.getOutputStream();
  }

  /**
   * Checks that the program is there.
   *
   * @throws NstException if it cannot be started
   */
  static void requireFfmpeg(String program) {
    try {
      Process version =
          new ProcessBuilder(program, "-version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      version.waitFor();
    } catch (IOException e) {
      throw new NstException(
          "--timelapse: an .mp4 needs the program "
              + program
              + ", which is not on this machine; install it, or name a .gif or .png.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void add(BufferedImage frame, int shown) throws IOException {
    byte[] bytes = rgb24(frame);
    try {
      for (int i = 0; i < shown && !interrupted; i++) {
        pixels.write(bytes);
      }
      pixels.flush();
    } catch (IOException e) {
      // It may be gone because of Ctrl-C, and has then completed the film with what it had.
      requireGoodEnd(e);
      interrupted = true;
    }
  }

  private static byte[] rgb24(BufferedImage frame) {
    int width = frame.getWidth();
    int height = frame.getHeight();
    int[] rgb = new int[width * height];
    frame.getRaster().getDataElements(0, 0, width, height, rgb);
    byte[] bytes = new byte[3 * rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      bytes[3 * i] = (byte) (rgb[i] >> 16);
      bytes[3 * i + 1] = (byte) (rgb[i] >> 8);
      bytes[3 * i + 2] = (byte) rgb[i];
    }
    return bytes;
  }

  @Override
  public void finish() throws IOException {
    try {
      pixels.close();
    } catch (IOException e) {
      requireGoodEnd(e);
      return;
    }
    requireGoodEnd(null);
  }

  /** Waits for the program, and throws what it says unless it left a film. */
  private void requireGoodEnd(IOException cause) throws IOException {
    String said = new String(ffmpeg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status;
    try {
      status = ffmpeg.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while ffmpeg worked", e);
    }
    boolean good = status == 0 || status == INTERRUPTED;
    if (!good || Files.size(file) == 0) {
      String last = said.strip().lines().reduce((a, b) -> b).orElse("no reason given");
      throw new IOException("ffmpeg ended with status " + status + ": " + last, cause);
    }
  }

  @Override
  public void close() {
    // It has ended by now, unless its film is not wanted.
    ffmpeg.destroyForcibly();
  }
}
