package dev.nst.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.watch.Invocation;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.TestRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final Pattern ADDRESS = Pattern.compile("(?:src|href)=\"([^\"]*)\"");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-26T00:28:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;
  private final Scene scene = TestRun.scene(40, 32, 30);

  private Path write(int iterationsDone) {
    Path file = directory.resolve("report.html");
    Invocation invocation =
        new Invocation("9.8.7", List.of("stylize", "--content=<img src=x>.jpg"));
    try (Report report = new Report(file, invocation, CLOCK)) {
      report.begin(scene);
      for (int done = 1; done <= iterationsDone; done++) {
        report.onStep(TestRun.moment(scene, done));
      }
      assertThat(report.finish(TestRun.outcome(scene, iterationsDone))).contains(file);
    }
    return file;
  }

  @Test
  void tellsEverythingOfTheRun() throws IOException {
    assertThat(Files.readString(write(30)))
        .contains("<dt>recipe</dt><dd>&lt;script&gt;alert(1)&lt;/script&gt;</dd>")
        .contains("<dt>backend</dt><dd>none, &#39;tested&#39;</dd>")
        .contains("nst stylize &#39;--content=&lt;img src=x&gt;.jpg&#39;")
        .contains("Written by nst 9.8.7.")
        .contains("26 November 2026, 00:28 Z")
        .contains("<b>30</b><span>iterations</span>")
        .contains("<b>4.00</b><span>iterations a second</span>")
        .contains("<b>7.5 s</b><span>painting</span>")
        .contains("style 50.00 →")
        .contains("<svg class=\"chart\"");
  }

  @Test
  void saysThatARunWasStopped() throws IOException {
    assertThat(Files.readString(write(7))).contains("<b>7 of 30</b><span>iterations, then stopped");
  }

  @Test
  void needsNothingButItself() throws IOException {
    String page = Files.readString(write(3));
    assertThat(page).doesNotContain("<script").doesNotContain("http:").doesNotContain("https:");
    Matcher addresses = ADDRESS.matcher(page);
    int pictures = 0;
    while (addresses.find()) {
      String prefix = "data:image/jpeg;base64,";
      assertThat(addresses.group(1)).startsWith(prefix);
      byte[] jpeg = Base64.getDecoder().decode(addresses.group(1).substring(prefix.length()));
      assertThat(ImageIO.read(new ByteArrayInputStream(jpeg))).isNotNull();
      pictures++;
    }
    assertThat(pictures).isEqualTo(3);
  }

  @Test
  void saysThatItsPlaceIsTaken() throws IOException {
    Files.createDirectory(directory.resolve("report.html"));
    assertThatThrownBy(() -> write(1))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("report.html");
  }
}
