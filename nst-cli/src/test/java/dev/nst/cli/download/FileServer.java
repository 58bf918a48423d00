package dev.nst.cli.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves one file on the loopback interface, with the faults of real networks on demand. */
public final class FileServer implements AutoCloseable {

  private static final int WHOLE = -1;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Queue<Integer> cuts = new ArrayDeque<>();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private final List<String> conditions = new CopyOnWriteArrayList<>();
  private volatile byte[] content;
  private volatile String etag = "\"one\"";
  private volatile boolean honoursRanges = true;
  private volatile boolean stallsInsteadOfCutting;
  private volatile int status;
  private final Queue<Integer> busy = new ConcurrentLinkedQueue<>();
  private volatile int misplacement;
  private volatile int added;
  private volatile boolean hidesLength;

  public FileServer(byte[] content) throws IOException {
    this.content = content;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.createContext("/moved/", this::redirect);
    server.start();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Breaks the next answer off after so many bytes of its body. */
  public FileServer cutsAfter(int bytes) {
    cuts.add(bytes);
    return this;
  }

  /** Falls silent where it would have broken off. */
  public FileServer stalls() {
    stallsInsteadOfCutting = true;
    return this;
  }

  public FileServer ignoresRanges() {
    honoursRanges = false;
    return this;
  }

  /** Replaces the file by another. */
  public FileServer changesTo(byte[] newContent, String newTag) {
    content = newContent;
    etag = newTag;
    return this;
  }

  public FileServer answers(int newStatus) {
    status = newStatus;
    return this;
  }

  /** Answers the next request, and that only, with a status. */
  public FileServer answersOnce(int newStatus) {
    busy.add(newStatus);
    return this;
  }

  /** Says of every part that it lies one byte further on. */
  public FileServer misplacesRanges() {
    misplacement = 1;
    return this;
  }

  /** Sends so many bytes more than the part announced. */
  public FileServer addsAfterRanges(int bytes) {
    added = bytes;
    return this;
  }

  /** Sends chunks without a Content-Length. */
  public FileServer hidesTheLength() {
    hidesLength = true;
    return this;
  }

  /** The Range header of every request, or "none". */
  public List<String> ranges() {
    return ranges;
  }

  /** The If-Range header of every request, or "none". */
  public List<String> conditions() {
    return conditions;
  }

  private void redirect(HttpExchange exchange) throws IOException {
    try (exchange) {
      String to = exchange.getRequestURI().getPath().replace("/moved/", "/");
      exchange.getResponseHeaders().add("Location", to);
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String condition = exchange.getRequestHeaders().getFirst("If-Range");
      ranges.add(range == null ? "none" : range);
      conditions.add(condition == null ? "none" : condition);
      if (status != 0) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      Integer once = busy.poll();
      if (once != null) {
        exchange.sendResponseHeaders(once, -1);
        return;
      }
      exchange.getResponseHeaders().add("ETag", etag);
      boolean partial =
          range != null && honoursRanges && (condition == null || condition.equals(etag));
      int from = partial ? Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1")) : 0;
      if (partial && from >= content.length) {
        exchange.getResponseHeaders().add("Content-Range", "bytes */" + content.length);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      if (partial) {
        exchange
            .getResponseHeaders()
            .add(
                "Content-Range",
                "bytes %d-%d/%d"
                    .formatted(from + misplacement, content.length - 1, content.length));
      }
      send(
          exchange,
          partial ? 206 : 200,
          Arrays.copyOfRange(content, from, content.length + (partial ? added : 0)));
    }
  }

  private void send(HttpExchange exchange, int code, byte[] body) throws IOException {
    Integer cut = cuts.poll();
    int count = cut == null ? WHOLE : cut;
    exchange.sendResponseHeaders(code, hidesLength ? 0 : body.length);
    OutputStream out = exchange.getResponseBody();
    out.write(body, 0, count == WHOLE ? body.length : count);
    out.flush();
    if (count != WHOLE && stallsInsteadOfCutting) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
