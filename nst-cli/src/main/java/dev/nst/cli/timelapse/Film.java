package dev.nst.cli.timelapse;

import java.awt.image.BufferedImage;
import java.io.Closeable;
import java.io.IOException;

/** A film that is being written: a frame is in the file, or on its way there, once it was added. */
interface Film extends Closeable {

  /**
   * Appends a frame.
   *
   * @param frame of the film's size, {@link BufferedImage#TYPE_INT_RGB}
   * @param shown how often it is shown before the next, at least once
   */
  void add(BufferedImage frame, int shown) throws IOException;

  /** Completes the file: it is a valid film of the frames that were added, at least one. */
  void finish() throws IOException;

  /** Lets go of the file, complete or not. */
  @Override
  void close() throws IOException;
}
