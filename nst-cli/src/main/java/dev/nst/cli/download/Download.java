package dev.nst.cli.download;

import dev.nst.NstException;
import dev.nst.cli.shell.Failures;
import dev.nst.converter.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Downloads one file in as many pieces as the network makes necessary. Bytes gather in a partial
 * file that outlives the process, with the server's validator (RFC 9110, section 8.8) beside it;
 * the next attempt, or the next run, asks for the rest with {@code Range} and {@code If-Range}, and
 * begins anew where the server ignores the range or has another file by now.
 */
public final class Download {

  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/(\\d{1,18})");

  private final URI source;
  private final Path partial;
  private final Path validatorFile;
  private final DownloadPolicy policy;
  private final ProgressListener listener;
  private final HttpClient client;
  private boolean resumed;
  private long received;

  /**
   * Prepares a download.
   *
   * @param partial gathers the bytes, and holds all of them when {@link #run} returns
   */
  public Download(URI source, Path partial, DownloadPolicy policy, ProgressListener listener) {
    this.source = source;
    this.partial = partial;
    this.validatorFile = partial.resolveSibling(partial.getFileName() + ".etag");
    this.policy = policy;
    this.listener = listener;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(policy.connect())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /** A failure that a further attempt may overcome. */
  private static final class Interruption extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean reached;

    Interruption(String reason, Throwable cause) {
      this(reason, cause, true);
    }

    Interruption(String reason, Throwable cause, boolean reached) {
      super(reason, cause);
      this.reached = reached;
    }

    /** Returns whether there was a connection to the server. */
    boolean reached() {
      return reached;
    }
  }

  /**
   * Fetches what is missing.
   *
   * @throws DownloadException if the file cannot be had; what came so far stays for the next run
   * @throws NstException if it cannot be written
   */
  public void run() {
    int fruitless = 0;
    boolean reachedBefore = false;
    while (true) {
      long before = received;
      try {
        attempt();
        return;
      } catch (Interruption e) {
        fruitless = received > before ? 1 : fruitless + 1;
        // Without any connection there is probably no network, and waiting would not bring one.
        boolean noNetwork = !e.reached() && !reachedBefore;
        reachedBefore |= e.reached();
        if (noNetwork || fruitless >= policy.attempts()) {
          throw brokenOff(e);
        }
      }
      pause();
    }
  }

  /** Returns whether bytes of an earlier attempt or run are part of the file. */
  public boolean resumed() {
    return resumed;
  }

  /** Forgets all that came so far. */
  public void discard() {
    resumed = false;
    delete(partial);
    delete(validatorFile);
  }

  /** Forgets the validator, once the partial file has become a whole one. */
  public void forgetValidator() {
    delete(validatorFile);
  }

  private void attempt() throws Interruption {
    long have = size();
    HttpResponse<InputStream> response = send(have);
    try (InputStream body = response.body()) {
      switch (response.statusCode()) {
        case OK -> {
          discard();
          saveValidator(response);
          receive(body, 0, response.headers().firstValueAsLong("Content-Length").orElse(-1));
        }
        case PARTIAL_CONTENT -> {
          resumed = true;
          receive(body, have, totalAfter(response, have));
        }
        case RANGE_NOT_SATISFIABLE -> requireComplete(response, have);
        case TOO_MANY_REQUESTS, 500, 502, 503, 504 ->
            throw new Interruption("the server answered " + response.statusCode(), null);
        default -> throw refused(response.statusCode());
      }
    } catch (IOException e) {
      throw new Interruption("the connection broke off", e);
    }
  }

  private HttpResponse<InputStream> send(long have) throws Interruption {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(source)
            .header("User-Agent", "nst")
            .header("Accept-Encoding", "identity");
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
      validator().ifPresent(validator -> request.header("If-Range", validator));
    }
    CompletableFuture<HttpResponse<InputStream>> response =
        client.sendAsync(request.build(), BodyHandlers.ofInputStream());
    try {
      return response.get(policy.connect().plus(policy.stall()).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new Interruption("the server does not answer", e);
    } catch (ExecutionException e) {
      throw unanswered(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NstException("The download was interrupted.", e);
    }
  }

  private Interruption unanswered(Throwable cause) {
    if (cause instanceof SSLException) {
      String reason =
          "the secure connection to " + source.getHost() + " failed (is a proxy in between?)";
      return new Interruption(reason, cause, false);
    }
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return new Interruption("there is no connection to " + source.getHost(), cause, false);
    }
    return new Interruption("the connection broke off", cause);
  }

  /**
   * Returns the size of the whole file that a 206 answer continues, checking where it continues.
   */
  private long totalAfter(HttpResponse<InputStream> response, long have) throws Interruption {
    String range = response.headers().firstValue("Content-Range").orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != have) {
      discard();
      throw new Interruption("the server sent another part than it was asked for", null);
    }
    long total = matcher.group(2).equals("*") ? -1 : Long.parseLong(matcher.group(2));
    if (total >= 0 && total < have) {
      discard();
      throw new Interruption("the server has a shorter file than the part that is here", null);
    }
    return total;
  }

  /** Nothing is left to send if we have it all; otherwise what we have is no part of the file. */
  private void requireComplete(HttpResponse<InputStream> response, long have) throws Interruption {
    String range = response.headers().firstValue("Content-Range").orElse("");
    Matcher matcher = UNSATISFIED.matcher(range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != have) {
      discard();
      throw new Interruption("the server has a shorter file than the part that is here", null);
    }
    resumed = true;
  }

  private void receive(InputStream body, long have, long total) throws IOException, Interruption {
    if (total > policy.largest()) {
      throw tooLarge();
    }
    long limit = total < 0 ? policy.largest() : total;
    try (FileChannel file = open();
        StallWatch watch = new StallWatch(body, policy.stall())) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long done = have;
      listener.progress(done, total);
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        watch.alive();
        int wanted = (int) Math.min(count, limit - done);
        append(file, ByteBuffer.wrap(buffer, 0, wanted));
        done += wanted;
        received += wanted;
        listener.progress(done, total);
        if (wanted < count && total < 0) {
          throw tooLarge();
        }
        if (done == total) {
          // Whatever a server sends beyond the end that it announced is no part of the file.
          return;
        }
      }
      if (watch.stalled() || total >= 0 && done < total) {
        throw new Interruption("the server stopped sending", null);
      }
    }
  }

  private FileChannel open() {
    try {
      return FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw Failures.of("write", partial, e);
    }
  }

  /** A disk that fails is no reason to ask the network again, so it is told apart here. */
  private void append(FileChannel file, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw Failures.of("write", partial, e);
    }
  }

  private void saveValidator(HttpResponse<InputStream> response) {
    // A weak tag may not be used with If-Range (RFC 9110, section 13.1.5).
    Optional<String> validator =
        response
            .headers()
            .firstValue("ETag")
            .filter(tag -> !tag.startsWith("W/"))
            .or(() -> response.headers().firstValue("Last-Modified"));
    if (validator.isPresent()) {
      try {
        Files.writeString(validatorFile, validator.get());
      } catch (IOException e) {
        throw Failures.of("write", validatorFile, e);
      }
    }
  }

  private Optional<String> validator() {
    try {
      return Files.exists(validatorFile)
          ? Optional.of(Files.readString(validatorFile).strip()).filter(tag -> !tag.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      throw Failures.of("read", validatorFile, e);
    }
  }

  private DownloadException tooLarge() {
    discard();
    return new DownloadException(
        "What "
            + source
            + " gives is larger than "
            + (policy.largest() >> 20)
            + " MiB and cannot be the file that is wanted.");
  }

  private DownloadException refused(int status) {
    return new DownloadException(
        "The server answered " + status + " to a request for " + source + ".");
  }

  private DownloadException brokenOff(Interruption cause) {
    String kept =
        size() > 0
            ? " (" + (size() >> 20) + " MiB are here, and the next run goes on from there)"
            : "";
    String reason = cause.getMessage();
    return new DownloadException(
        "Cannot download " + source + ": " + reason + kept + ".", cause.getCause());
  }

  private long size() {
    try {
      return Files.exists(partial) ? Files.size(partial) : 0;
    } catch (IOException e) {
      throw Failures.of("read", partial, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Failures.of("delete", file, e);
    }
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(policy.pause().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NstException("The download was interrupted.", e);
    }
  }
}
