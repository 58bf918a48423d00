package dev.nst.cli.preview;

import com.sun.net.httpserver.HttpExchange;
import dev.nst.cli.preview.Feed.News;
import dev.nst.cli.watch.Scene;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Passes the feed on to browsers as server-sent events (HTML Living Standard, section 9.2): {@code
 * scene}, {@code state}, {@code picture} (a JPEG in base 64, so that the last one needs no second
 * request) and {@code end}.
 */
final class EventStreams {

  private static final int MOST = 16;

  /** A browser that went away is noticed when something is sent to it. */
  private static final long SILENCE_MILLIS = 5000;

  private final Feed feed;
  private int count;

  EventStreams(Feed feed) {
    this.feed = feed;
  }

  /** Returns the number of browsers that listen. */
  synchronized int count() {
    return count;
  }

  private synchronized boolean enter() {
    if (count == MOST) {
      return false;
    }
    count++;
    return true;
  }

  private synchronized void leave() {
    count--;
    notifyAll();
  }

  /** Waits until no browser listens any more, though no longer than {@code millis}. */
  synchronized void drain(long millis) {
    long deadline = System.nanoTime() + millis * 1_000_000;
    try {
      for (long left = millis; count > 0 && left > 0; ) {
        wait(left);
        left = (deadline - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells one browser of everything until the run is over or it goes away. */
  void serve(HttpExchange exchange) throws IOException {
    if (!enter()) {
      PreviewServer.answer(exchange, 503, "Too many browsers look on; close one.");
      return;
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      // Closed before leaving, because the server may be stopped right after.
      try (OutputStream out = exchange.getResponseBody()) {
        stream(out);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave();
    }
  }

  private void stream(OutputStream out) throws IOException, InterruptedException {
    Scene scene = null;
    State state = null;
    byte[] picture = null;
    News news = feed.latest();
    while (true) {
      StringBuilder events = new StringBuilder();
      if (news.scene() != scene) {
        scene = news.scene();
        event(events, "scene", Messages.of(scene));
      }
      if (news.picture() != picture) {
        picture = news.picture();
        event(events, "picture", Base64.getEncoder().encodeToString(picture));
      }
      if (news.state() != state) {
        state = news.state();
        event(events, "state", Messages.of(state));
      }
      if (news.over()) {
        event(events, "end", "");
      }
      send(out, events.isEmpty() ? ":\n\n" : events.toString());
      if (news.over()) {
        return;
      }
      news = feed.await(news.version(), SILENCE_MILLIS);
    }
  }

  private static void event(StringBuilder events, String name, String data) {
    events.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
  }

  private static void send(OutputStream out, String events) throws IOException {
    out.write(events.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
