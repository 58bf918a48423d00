package dev.nst.cli.timelapse;

import dev.nst.cli.watch.Daemons;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Resize;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Encodes frames in order on a thread of its own, so that a run goes on meanwhile. No more than two
 * frames wait: whoever adds a third waits as well, so memory is bounded.
 */
final class FrameQueue implements AutoCloseable {

  private static final int WAITING = 2;

  private final Film film;
  private final Dimensions size;
  private final Semaphore room = new Semaphore(WAITING);
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Daemons.named("nst-timelapse"));
  private volatile Exception failure;

  /**
   * Takes over a film.
   *
   * @param size of all frames; pictures of another one are resized
   */
  FrameQueue(Film film, Dimensions size) {
    this.film = film;
    this.size = size;
  }

  /**
   * Hands a frame over.
   *
   * @throws IOException if an earlier one could not be written
   */
  void add(Image picture, int shown) throws IOException {
    room.acquireUninterruptibly();
    requireNoFailure();
    thread.execute(() -> encode(picture, shown));
  }

  private void encode(Image picture, int shown) {
    try {
      if (failure == null) {
        film.add(Resize.bilinear(picture, size.width(), size.height()).toBufferedImage(), shown);
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
    } finally {
      room.release();
    }
  }

  private void requireNoFailure() throws IOException {
    if (failure instanceof IOException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (failure != null) {
      throw new IllegalStateException("a frame could not be encoded", failure);
    }
  }

  /**
   * Waits until all frames are written, and completes the film.
   *
   * @throws IOException if anything could not be written
   */
  void finish() throws IOException {
    room.acquireUninterruptibly(WAITING);
    requireNoFailure();
    film.finish();
  }

  @Override
  public void close() throws IOException {
    thread.shutdownNow();
    film.close();
  }
}
