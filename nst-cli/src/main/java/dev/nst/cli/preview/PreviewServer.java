package dev.nst.cli.preview;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nst.NstException;
import dev.nst.cli.watch.Daemons;
import dev.nst.cli.watch.Html;
import dev.nst.cli.watch.Jpeg;
import dev.nst.cli.watch.Scene;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Serves the page, its parts, and the stream of events that keeps it up to date. */
final class PreviewServer implements AutoCloseable {

  private static final int MOST_THREADS = 32;
  private static final int LONGEST_THUMBNAIL = 480;
  private static final long DRAIN_MILLIS = 2000;

  private final HttpServer http;
  private final PreviewAddress address;
  private final Feed feed;
  private final Gate gate;
  private final EventStreams streams;
  private final BooleanSupplier stop;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          MOST_THREADS,
          5,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Daemons.named("nst-preview"));

  private PreviewServer(HttpServer http, PreviewAddress address, Feed feed, BooleanSupplier stop) {
    this.http = http;
    this.address = address;
    this.feed = feed;
    this.stop = stop;
    gate = new Gate(address.host());
    streams = new EventStreams(feed);
  }

  /**
   * Starts serving.
   *
   * @param stop asks the run to stop; answers whether there was one to ask
   * @throws NstException if nobody can listen at the address
   */
  static PreviewServer start(PreviewAddress address, Feed feed, BooleanSupplier stop) {
    InetSocketAddress socket = new InetSocketAddress(address.host(), address.port());
    if (socket.isUnresolved()) {
      throw new NstException(
          "--preview-host: there is no address for the name "
              + address.host()
              + "; give a name or address of this machine.");
    }
    try {
      HttpServer http = HttpServer.create(socket, 0);
      PreviewServer server = new PreviewServer(http, address, feed, stop);
      http.setExecutor(server.threads);
      http.createContext("/", server::handle);
      http.start();
      return server;
    } catch (IOException e) {
      throw new NstException(
          "The preview cannot listen on %s port %d (%s); choose another port, as in --preview %d, or 0 for any that is free."
              .formatted(
                  address.host(), address.port(), e.getMessage(), PreviewAddress.DEFAULT_PORT + 1),
          e);
    }
  }

  /** Returns where a browser finds the page. */
  String url() {
    InetSocketAddress bound = http.getAddress();
    String host = address.host();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/";
  }

  /** Returns whether other machines can reach the page. */
  boolean isPublic() {
    return !http.getAddress().getAddress().isLoopbackAddress();
  }

  /** Returns whether a browser looks on. */
  boolean isWatched() {
    return streams.count() > 0;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      secure(exchange.getResponseHeaders());
      String path = exchange.getRequestURI().getPath();
      String method = path.equals("/stop") ? "POST" : "GET";
      if (!gate.admits(exchange.getRequestHeaders())) {
        answer(
            exchange,
            403,
            "This is not a name of nst's preview; open the address that it printed.");
      } else if (!exchange.getRequestMethod().equals(method)) {
        exchange.getResponseHeaders().set("Allow", method);
        answer(exchange, 405, "Only " + method + " is understood here.");
      } else {
        route(exchange, path);
      }
    }
  }

  private void route(HttpExchange exchange, String path) throws IOException {
    Scene scene = feed.latest().scene();
    switch (path) {
      case "/" -> answer(exchange, "text/html; charset=utf-8", utf8(page()));
      case "/pages.css" -> answer(exchange, "text/css", utf8(Html.styleSheet()));
      case "/preview.css" -> answer(exchange, "text/css", utf8(resource("preview.css")));
      case "/preview.js" -> answer(exchange, "text/javascript", utf8(resource("preview.js")));
      case "/content.jpg" -> thumbnail(exchange, scene == null ? null : scene.content());
      case "/style.jpg" ->
          thumbnail(
              exchange, scene == null ? null : scene.styles().stream().findFirst().orElse(null));
      case "/events" -> streams.serve(exchange);
      case "/stop" -> stop(exchange);
      default -> answer(exchange, 404, "There is nothing here.");
    }
  }

  private String page() {
    return resource("preview.html").replace("{{token}}", gate.token());
  }

  private static String resource(String name) {
    return Html.resource(PreviewServer.class, name);
  }

  private static void thumbnail(HttpExchange exchange, Scene.Input input) throws IOException {
    if (input == null) {
      answer(exchange, 404, "Painting has not begun.");
    } else {
      answer(exchange, "image/jpeg", Jpeg.encode(input.picture(), LONGEST_THUMBNAIL));
    }
  }

  private void stop(HttpExchange exchange) throws IOException {
    if (!gate.trusts(exchange.getRequestHeaders())) {
      answer(exchange, 403, "Only the page of this run may stop it; load it again.");
    } else if (stop.getAsBoolean()) {
      answer(exchange, 202, "Stopping after this iteration; the picture will be written.");
    } else {
      answer(exchange, 409, "There is no run to stop.");
    }
  }

  /** Forbids the page everything but what this server gives, and others to show it in a frame. */
  private static void secure(Headers headers) {
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cache-Control", "no-store");
  }

  static void answer(HttpExchange exchange, int status, String sentence) throws IOException {
    answer(exchange, status, "text/plain; charset=utf-8", utf8(sentence));
  }

  private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
    answer(exchange, 200, type, body);
  }

  private static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Waits for browsers to have what the feed ended with, though not for long, and hangs up. */
  @Override
  public void close() {
    streams.drain(DRAIN_MILLIS);
    http.stop(0);
    threads.shutdownNow();
  }
}
