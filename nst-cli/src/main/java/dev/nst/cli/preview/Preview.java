package dev.nst.cli.preview;

import dev.nst.cli.watch.Daemons;
import dev.nst.cli.watch.Jpeg;
import dev.nst.cli.watch.LossHistory;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.Tempo;
import dev.nst.cli.watch.Watcher;
import dev.nst.image.Image;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Shows a run in a browser: the picture as it grows, loss curves, progress, settings and a button
 * that stops it.
 *
 * <p>The run pays little for it. The picture is fetched from the device only while a browser is
 * connected, and no more often than {@link PicturePace} says; encoding and sending are the work of
 * other threads.
 */
public final class Preview implements Watcher {

  /** The longer edge of the picture that is shown. */
  private static final int LONGEST = 1280;

  private static final long STATE_NANOS = 500_000_000;
  private static final long LAST_PICTURE_SECONDS = 5;

  private final Feed feed = new Feed();
  private final LossHistory history = new LossHistory();
  private final Tempo tempo = new Tempo();
  private final PicturePace pace = new PicturePace(System.nanoTime());
  private final BooleanSupplier stop;
  private final PreviewServer server;
  private final ExecutorService encoder =
      Executors.newSingleThreadExecutor(Daemons.named("nst-preview-encoder"));
  private volatile boolean stopping;
  private int iterations;
  private int done;
  private long statedAt;
  private boolean ended;

  private Preview(PreviewAddress address, BooleanSupplier stop) {
    this.stop = stop;
    server = PreviewServer.start(address, feed, this::stop);
  }

  /**
   * Starts serving the page, which says that the run is being set up.
   *
   * @param stop asks the run to stop, from another thread; answers whether there was one to ask
   * @throws dev.nst.NstException if nobody can listen at the address
   */
  public static Preview open(PreviewAddress address, BooleanSupplier stop) {
    return new Preview(address, stop);
  }

  /** Returns where a browser finds the page. */
  public String url() {
    return server.url();
  }

  /** Returns whether other machines can reach the page. */
  public boolean isPublic() {
    return server.isPublic();
  }

  private boolean stop() {
    if (!stop.getAsBoolean()) {
      return false;
    }
    stopping = true;
    State latest = feed.latest().state();
    if (latest.phase() == Phase.PAINTING) {
      feed.publish(latest.in(Phase.STOPPING, ""));
    }
    return true;
  }

  @Override
  public void begin(Scene scene) {
    iterations = scene.iterations();
    feed.publish(scene);
    publish(Phase.PAINTING, "");
  }

  @Override
  public void onStep(Moment moment) {
    done = moment.done();
    iterations = moment.iterations();
    tempo.onStep(done, moment.seconds());
    history.onStep(moment);
    long now = System.nanoTime();
    if (done == 1 || now - statedAt >= STATE_NANOS) {
      statedAt = now;
      publish(stopping ? Phase.STOPPING : Phase.PAINTING, "");
    }
    if (server.isWatched() && pace.isDue(now)) {
      pace.begin();
      Image picture = moment.picture();
      encoder.execute(() -> show(picture, now));
    }
  }

  private void show(Image picture, long began) {
    try {
      feed.publish(Jpeg.encode(picture, LONGEST));
    } finally {
      pace.end(began, System.nanoTime());
    }
  }

  private void publish(Phase phase, String note) {
    feed.publish(
        new State(
            phase,
            done,
            iterations,
            tempo.seconds(),
            tempo.perSecond(),
            tempo.secondsLeft(iterations),
            history.points(),
            note));
  }

  @Override
  public Optional<Path> finish(Outcome outcome) {
    encoder.shutdown();
    try {
      encoder.awaitTermination(LAST_PICTURE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (server.isWatched()) {
      feed.publish(Jpeg.encode(outcome.picture(), LONGEST));
    }
    publish(
        outcome.early() ? Phase.STOPPED : Phase.FINISHED, "Written to " + outcome.output() + ".");
    ended = true;
    return Optional.empty();
  }

  /** Gives connected browsers the last word, and ends the server. */
  @Override
  public void close() {
    encoder.shutdown();
    if (!ended) {
      feed.publish(
          feed.latest()
              .state()
              .in(Phase.FAILED, "The run ended without a picture; where it runs it says why."));
    }
    feed.end();
    server.close();
  }
}
