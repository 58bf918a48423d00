package dev.nst.cli.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.converter.ProgressListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

  private static final int LENGTH = 300_000;
  private static final DownloadPolicy IMPATIENT =
      new DownloadPolicy(Duration.ofSeconds(5), Duration.ofSeconds(5), 3, Duration.ZERO, 1 << 20);

  @TempDir Path directory;
  private final byte[] content = new byte[LENGTH];
  private FileServer server;
  private Path partial;
  private Path validator;

  @BeforeEach
  void serve() throws IOException {
    new Random(1).nextBytes(content);
    server = new FileServer(content);
    partial = directory.resolve("file.part");
    validator = directory.resolve("file.part.etag");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Download download() {
    return download(server.uri("/file"), ProgressListener.none());
  }

  private Download download(URI source, ProgressListener listener) {
    return new Download(source, partial, IMPATIENT, listener);
  }

  @Test
  void bringsTheWholeFileAndReportsEveryByte() throws IOException {
    List<Long> reports = new ArrayList<>();
    Download download =
        download(
            server.uri("/file"),
            (done, total) -> {
              reports.add(done);
              assertThat(total).isEqualTo(LENGTH);
            });
    download.run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(download.resumed()).isFalse();
    assertThat(reports).isSorted().contains(0L, (long) LENGTH);
  }

  @Test
  void goesOnWhereTheConnectionBrokeOff() {
    server.cutsAfter(100_000).cutsAfter(50_000);
    Download download = download();
    download.run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(download.resumed()).isTrue();
    assertThat(server.ranges()).hasSize(3).first().isEqualTo("none");
    assertThat(server.conditions()).containsExactly("none", "\"one\"", "\"one\"");
  }

  @Test
  void goesOnWhereAnEarlierRunStopped() throws IOException {
    Files.write(partial, Arrays.copyOf(content, 1234));
    Files.writeString(validator, "\"one\"");
    download().run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(server.ranges()).containsExactly("bytes=1234-");
  }

  @Test
  void beginsAnewWhereTheServerIgnoresRanges() throws IOException {
    server.ignoresRanges();
    Files.write(partial, new byte[5000]);
    download().run();
    assertThat(partial).hasBinaryContent(content);
  }

  @Test
  void beginsAnewWhereTheServerHasAnotherFileByNow() throws IOException {
    Files.write(partial, new byte[5000]);
    Files.writeString(validator, "\"zero\"");
    download().run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(validator).hasContent("\"one\"");
  }

  @Test
  void findsThatNothingIsMissing() throws IOException {
    Files.write(partial, content);
    download().run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(server.ranges()).containsExactly("bytes=" + LENGTH + "-");
  }

  @Test
  void beginsAnewWhereMoreIsHereThanTheServerHas() throws IOException {
    Files.write(partial, Arrays.copyOf(content, LENGTH + 10));
    download().run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(server.ranges()).containsExactly("bytes=" + (LENGTH + 10) + "-", "none");
  }

  @Test
  void beginsAnewWhereTheServerSendsAnotherPart() throws IOException {
    server.misplacesRanges();
    Files.write(partial, Arrays.copyOf(content, 1234));
    download().run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(server.ranges()).containsExactly("bytes=1234-", "none");
  }

  @Test
  void asksABusyServerAgain() {
    server.answersOnce(503).answersOnce(429);
    download().run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(server.ranges()).hasSize(3);
  }

  @Test
  void givesUpOnAServerThatStaysBusy() {
    server.answers(503);
    assertThatThrownBy(() -> download().run())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("503");
    assertThat(server.ranges()).hasSize(3);
  }

  @Test
  void receivesNoMoreThanTheLargestFileCanHave() {
    server.hidesTheLength();
    DownloadPolicy policy =
        new DownloadPolicy(Duration.ofSeconds(5), Duration.ofSeconds(5), 3, Duration.ZERO, 200_000);
    Download download = new Download(server.uri("/file"), partial, policy, ProgressListener.none());
    assertThatThrownBy(download::run)
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("larger than");
    assertThat(partial).doesNotExist();
    assertThat(server.ranges()).hasSize(1);
  }

  @Test
  void bringsAFileOfUnknownLength() {
    server.hidesTheLength();
    download().run();
    assertThat(partial).hasBinaryContent(content);
  }

  @Test
  void stopsAtTheEndThatWasAnnounced() throws IOException {
    server.addsAfterRanges(5000);
    Files.write(partial, Arrays.copyOf(content, 1234));
    download().run();
    assertThat(partial).hasBinaryContent(content);
  }

  @Test
  void followsARedirect() {
    download(server.uri("/moved/file"), ProgressListener.none()).run();
    assertThat(partial).hasBinaryContent(content);
  }

  @Test
  void reportsAFileThatIsNotThereWithoutTryingAgain() {
    server.answers(404);
    assertThatThrownBy(() -> download().run())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("404")
        .hasMessageEndingWith(".");
    assertThat(server.ranges()).hasSize(1);
  }

  @Test
  void hangsUpOnAServerThatFallsSilentAndGoesOn() {
    server.stalls().cutsAfter(70_000);
    DownloadPolicy policy =
        new DownloadPolicy(
            Duration.ofSeconds(5), Duration.ofMillis(300), 3, Duration.ZERO, 1 << 20);
    Download download = new Download(server.uri("/file"), partial, policy, ProgressListener.none());
    download.run();
    assertThat(partial).hasBinaryContent(content);
    assertThat(server.ranges()).hasSize(2);
  }

  @Test
  void givesUpAfterAFewFruitlessTriesAndKeepsWhatCame() {
    server.cutsAfter(100_000).cutsAfter(0).cutsAfter(0).cutsAfter(0).cutsAfter(0);
    assertThatThrownBy(() -> download().run())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("the next run goes on from there");
    assertThat(partial).hasBinaryContent(Arrays.copyOf(content, 100_000));
  }

  @Test
  void saysSoonThatThereIsNoConnection() {
    URI closed = server.uri("/file");
    server.close();
    assertThatThrownBy(() -> download(closed, ProgressListener.none()).run())
        .isInstanceOf(NstException.class)
        .hasMessage("Cannot download " + closed + ": there is no connection to 127.0.0.1.");
  }
}
