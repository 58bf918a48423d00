package dev.nst.cli.browser;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Chromium without windows, driven through its DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/). Nothing but a browser is needed for it.
 */
final class Browser implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
  private static final int ANSWER_SECONDS = 30;

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
  private int calls;

  private Browser(Process process, URI tab) {
    this.process = process;
    socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(tab, new Listener()).join();
    call("Runtime.enable", "");
    call("Log.enable", "");
    call("Page.enable", "");
  }

  /** Returns the browser of this machine, if it has one. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts a browser.
   *
   * @param profile an empty directory for its files
   */
  static Browser start(Path program, Path profile) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--headless=new"));
    // Root may not use the sandbox; what is shown here is our own.
    command.addAll(List.of("--no-sandbox", "--disable-gpu", "--no-first-run"));
    command.addAll(List.of("--disable-dev-shm-usage", "--remote-debugging-port=0"));
    command.addAll(List.of("--user-data-dir=" + profile, "about:blank"));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      return new Browser(process, firstTab(devToolsPort(process)));
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroy();
      throw e;
    }
  }

  private static int devToolsPort(Process process) throws IOException {
    BufferedReader said = process.errorReader();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("DevTools listening on ")) {
        Thread reader = new Thread(() -> said.lines().forEach(ignored -> {}), "browser-stderr");
        reader.setDaemon(true);
        reader.start();
        return URI.create(line.substring("DevTools listening on ".length()).strip()).getPort();
      }
    }
    throw new IOException("the browser ended without saying where its DevTools listen");
  }

  private static URI firstTab(int port) throws IOException, InterruptedException {
    String tabs =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                    .build(),
                BodyHandlers.ofString())
            .body();
    return URI.create(field(tabs, "webSocketDebuggerUrl").orElseThrow());
  }

  /** Collects answers by their number, and whatever a page complains of. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        String whole = message.toString();
        message.setLength(0);
        Optional<String> id = whole.startsWith("{\"id\":") ? field(whole, "id") : Optional.empty();
        if (id.isPresent()) {
          answer(Integer.parseInt(id.get())).complete(whole);
        } else if (whole.contains("Runtime.exceptionThrown") || whole.contains("Log.entryAdded")) {
          complaints.add(whole);
        }
      }
      from.request(1);
      return null;
    }
  }

  private CompletableFuture<String> answer(int id) {
    return answers.computeIfAbsent(id, unused -> new CompletableFuture<>());
  }

  /** Returns the first field of that name, wherever it is. */
  private static Optional<String> field(String json, String name) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME && parser.currentName().equals(name)) {
          JsonToken value = parser.nextToken();
          return value.isScalarValue() ? Optional.of(parser.getText()) : Optional.empty();
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }

  private String call(String method, String parameters) {
    int id = ++calls;
    socket
        .sendText(
            "{\"id\":%d,\"method\":\"%s\",\"params\":{%s}}".formatted(id, method, parameters), true)
        .join();
    return answer(id).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** Goes to a page and waits until it is loaded. */
  void open(String url) {
    call("Page.navigate", "\"url\":" + quoted(url));
    await("location.href !== 'about:blank' && document.readyState === 'complete'");
  }

  /** Returns what a JavaScript expression is, as text. */
  String evaluate(String expression) {
    String answer =
        call(
            "Runtime.evaluate",
            "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":"
                + quoted("Promise.resolve(" + expression + ").then(String)"));
    return field(answer, "value").orElseThrow(() -> new AssertionError(expression + ": " + answer));
  }

  /** Returns whether a JavaScript expression is true. */
  boolean is(String expression) {
    return evaluate("!!(" + expression + ")").equals("true");
  }

  /** Waits until a JavaScript expression is true. */
  void await(String expression) {
    String promise =
        "new Promise(answer => { const end = Date.now() + 20000; const look = () => (%s) ? answer(true)"
            + " : Date.now() > end ? answer(document.body.innerText) : setTimeout(look, 20); look(); })";
    String answer = evaluate(promise.formatted(expression));
    if (!answer.equals("true")) {
      throw new AssertionError("never was " + expression + " in: " + answer);
    }
  }

  /** Chooses how the page is seen: its width in pixels, and whether the user likes it dark. */
  void look(int width, int height, boolean dark) {
    call(
        "Emulation.setDeviceMetricsOverride",
        "\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,\"mobile\":%b"
            .formatted(width, height, width < 600));
    call(
        "Emulation.setEmulatedMedia",
        "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]"
            .formatted(dark ? "dark" : "light"));
  }

  /** Writes what is seen as a PNG. */
  void photograph(Path png) throws IOException {
    String data = field(call("Page.captureScreenshot", "\"format\":\"png\""), "data").orElseThrow();
    Files.createDirectories(png.getParent());
    Files.write(png, Base64.getDecoder().decode(data));
  }

  /** Returns errors of scripts, and of what pages wanted and did not get. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    process.onExit().completeOnTimeout(null, ANSWER_SECONDS, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
