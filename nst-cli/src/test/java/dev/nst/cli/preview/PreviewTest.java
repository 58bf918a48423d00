package dev.nst.cli.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.TestRun;
import dev.nst.image.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PreviewTest {

  private static final Pattern TOKEN = Pattern.compile("content=\"([0-9a-f]{32})\"");

  private final Scene scene = TestRun.scene(40, 32, 1_000_000);
  private final AtomicInteger stops = new AtomicInteger();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Preview preview =
      Preview.open(
          new PreviewAddress(PreviewAddress.DEFAULT_HOST, 0), () -> stops.incrementAndGet() == 1);

  @AfterEach
  void close() {
    preview.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(preview.url()).resolve(path)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> stop(String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(preview.url()).resolve("/stop"))
            .POST(HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String token() throws Exception {
    Matcher matcher = TOKEN.matcher(get("/").body());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private String origin() {
    return preview.url().replaceAll("/$", "");
  }

  /** The events that a browser gets. */
  private Iterator<String> events() throws Exception {
    HttpResponse<java.util.stream.Stream<String>> response =
        client.send(
            HttpRequest.newBuilder(URI.create(preview.url() + "events")).build(),
            BodyHandlers.ofLines());
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    return response.body().iterator();
  }

  /** Reads on until an event of that name, and returns its data. */
  private static String next(Iterator<String> lines, String event) {
    while (lines.hasNext()) {
      if (lines.next().equals("event: " + event)) {
        return lines.next().substring("data: ".length());
      }
    }
    throw new AssertionError("no more " + event);
  }

  @Test
  void listensOnThisMachineOnly() {
    assertThat(preview.url()).matches("http://127\\.0\\.0\\.1:\\d+/");
    assertThat(preview.isPublic()).isFalse();
  }

  @Test
  void servesThePageAndItsPartsAndNothingElse() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("<!DOCTYPE html>")
        .doesNotContain("{{")
        .doesNotContain("https:");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
    for (String part : List.of("/pages.css", "/preview.css", "/preview.js")) {
      assertThat(get(part).statusCode()).as(part).isEqualTo(200);
    }
    assertThat(get("/content.jpg").statusCode()).as("before painting").isEqualTo(404);
    assertThat(get("/../pom.xml").statusCode()).isEqualTo(404);
    assertThat(get("/stop").statusCode()).isEqualTo(405);
    preview.begin(scene);
    HttpResponse<byte[]> photo =
        client.send(
            HttpRequest.newBuilder(URI.create(preview.url() + "content.jpg")).build(),
            BodyHandlers.ofByteArray());
    assertThat(ImageIO.read(new ByteArrayInputStream(photo.body())).getWidth()).isEqualTo(40);
  }

  @Test
  void refusesNamesThatOthersGaveThisMachine() throws IOException {
    URI url = URI.create(preview.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 403").contains("not a name of nst's preview");
    }
  }

  @Test
  void stopsTheRunForItsOwnPageAlone() throws Exception {
    String token = token();
    assertThat(stop().statusCode()).isEqualTo(403);
    assertThat(stop("X-Nst-Token", token).statusCode()).as("without origin").isEqualTo(403);
    assertThat(stop("Origin", origin(), "X-Nst-Token", "0" + token).statusCode()).isEqualTo(403);
    assertThat(stop("Origin", "http://evil.example", "X-Nst-Token", token).statusCode())
        .isEqualTo(403);
    assertThat(stops).hasValue(0);
    HttpResponse<String> stopped = stop("Origin", origin(), "X-Nst-Token", token);
    assertThat(stopped.statusCode()).isEqualTo(202);
    assertThat(stopped.body()).contains("the picture will be written");
    assertThat(stops).hasValue(1);
    assertThat(stop("Origin", origin(), "X-Nst-Token", token).statusCode())
        .as("when there is nothing left to stop")
        .isEqualTo(409);
  }

  @Test
  void sendsTheRunAsItGoes() throws Exception {
    Iterator<String> events = events();
    assertThat(next(events, "state")).contains("\"phase\":\"Setting up\"");
    preview.begin(scene);
    assertThat(next(events, "scene"))
        .contains("\"title\":\"<img src=x>.jpg in the style of night & \\\"day\\\".png\"")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    preview.onStep(TestRun.moment(scene, 1));
    byte[] jpeg = Base64.getDecoder().decode(next(events, "picture"));
    assertThat(ImageIO.read(new ByteArrayInputStream(jpeg)).getHeight()).isEqualTo(32);
    preview.onStep(TestRun.moment(scene, 2));
    preview.finish(TestRun.outcome(scene, 2));
    preview.close();
    List<String> rest = new ArrayList<>();
    events.forEachRemaining(rest::add);
    assertThat(rest).contains("event: picture", "event: end");
    assertThat(rest.stream().filter(line -> line.contains("\"phase\"")).reduce((a, b) -> b))
        .get()
        .asString()
        .contains("\"phase\":\"Stopped\"")
        .contains("\"iteration\":\"2 / 1000000\"")
        .contains("\"speed\":\"4.00\"")
        .contains("Written to result.png.")
        .contains("<svg class=");
  }

  @Test
  void saysWhenARunFailed() throws Exception {
    Iterator<String> events = events();
    preview.begin(scene);
    preview.close();
    List<String> rest = new ArrayList<>();
    events.forEachRemaining(rest::add);
    assertThat(rest).last().isEqualTo("");
    assertThat(String.join("\n", rest)).contains("\"phase\":\"Failed\"").contains("event: end");
  }

  @Test
  void fetchesNoPictureFromTheDeviceWhileNobodyLooks() {
    AtomicInteger fetched = new AtomicInteger();
    Image picture = TestRun.picture(8, 8, 0);
    preview.begin(scene);
    for (int done = 1; done <= 50; done++) {
      preview.onStep(
          new Moment(
              done,
              50,
              done,
              () -> TestRun.losses(0),
              () -> {
                fetched.incrementAndGet();
                return picture;
              }));
    }
    assertThat(fetched).hasValue(0);
  }

  @Test
  void ofAPortInUseSaysWhatToDo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      PreviewAddress address = new PreviewAddress("127.0.0.1", taken.getLocalPort());
      assertThatThrownBy(() -> Preview.open(address, () -> true))
          .isInstanceOf(NstException.class)
          .hasMessageMatching(
              "The preview cannot listen on 127\\.0\\.0\\.1 port \\d+ \\(Address already in use\\);"
                  + " choose another port, as in --preview 8646, or 0 for any that is free\\.");
    }
  }

  @Test
  void ofAHostThatIsUnknownSaysSo() {
    PreviewAddress address = new PreviewAddress("no.such.host.invalid", 0);
    assertThatThrownBy(() -> Preview.open(address, () -> true))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("--preview-host: there is no address for the name");
  }
}
