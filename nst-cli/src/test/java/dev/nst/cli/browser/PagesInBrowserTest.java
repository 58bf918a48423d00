package dev.nst.cli.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.cli.preview.Preview;
import dev.nst.cli.preview.PreviewAddress;
import dev.nst.cli.report.Report;
import dev.nst.cli.watch.Invocation;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.TestRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Both pages in a real browser; what it saw lies in {@code target/screenshots}. */
@Timeout(120)
class PagesInBrowserTest {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** The browser may still write while it ends, so what it leaves is not a test's failure. */
  @TempDir(cleanup = CleanupMode.NEVER)
  Path profile;

  @TempDir Path directory;
  private Browser browser;

  @BeforeEach
  void startBrowser() throws IOException, InterruptedException {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "no Chromium is on this machine (apt install chromium)");
    browser = Browser.start(program.get(), profile);
  }

  @AfterEach
  void endBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  private void photograph(String name, int height) throws IOException {
    for (boolean dark : new boolean[] {false, true}) {
      browser.look(1280, height, dark);
      browser.photograph(SCREENSHOTS.resolve(name + (dark ? "-dark.png" : "-light.png")));
    }
    browser.look(400, 1400, false);
    assertThat(browser.is("document.documentElement.scrollWidth <= 400"))
        .as("nothing sticks out on a phone")
        .isTrue();
    browser.photograph(SCREENSHOTS.resolve(name + "-phone.png"));
    browser.look(1280, height, false);
  }

  private static String text(String id) {
    return "document.getElementById('" + id + "').textContent";
  }

  @Test
  void thePreviewShowsTheRunAndStopsIt() throws IOException {
    Scene scene = TestRun.scene(320, 240, 100_000);
    AtomicBoolean stopped = new AtomicBoolean();
    PreviewAddress address = new PreviewAddress(PreviewAddress.DEFAULT_HOST, 0);
    try (Preview preview = Preview.open(address, () -> stopped.compareAndSet(false, true))) {
      browser.open(preview.url());
      browser.await(text("phase") + " === 'Setting up'");
      assertThat(browser.is("document.getElementById('stop').disabled")).isTrue();

      preview.begin(scene);
      int done = 0;
      while (done < 40 || !browser.is("document.getElementById('picture').naturalWidth === 320")) {
        preview.onStep(TestRun.moment(scene, ++done));
      }
      // A state goes out twice a second.
      while (browser.is(text("iteration") + ".startsWith('1 /')")) {
        preview.onStep(TestRun.moment(scene, ++done));
      }
      assertThat(browser.evaluate(text("phase"))).isEqualTo("Painting");
      assertThat(browser.evaluate(text("speed"))).isEqualTo("4.00");
      assertThat(browser.evaluate(text("title")))
          .isEqualTo("<img src=x>.jpg in the style of night & \"day\".png");
      assertThat(browser.is("document.querySelector('.curve.total').getTotalLength() > 300"))
          .isTrue();
      assertThat(browser.evaluate(text("settings"))).contains("<script>alert(1)</script>");
      browser.await("document.getElementById('content-picture').naturalWidth === 320");
      photograph("preview", 900);

      browser.evaluate("document.getElementById('stop').click()");
      browser.await(text("note") + ".includes('the picture will be written')");
      browser.await(text("phase") + " === 'Stopping'");
      assertThat(stopped).isTrue();

      preview.finish(TestRun.outcome(scene, done));
    }
    browser.await(text("phase") + " === 'Stopped'");
    assertThat(browser.evaluate(text("note"))).isEqualTo("Written to result.png.");
    assertThat(browser.is("document.getElementById('stop').disabled")).isTrue();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void thePreviewOfAReconstructionShowsOnePicture() throws IOException {
    Scene scene = TestRun.reconstruction(320, 240, 10);
    PreviewAddress address = new PreviewAddress(PreviewAddress.DEFAULT_HOST, 0);
    try (Preview preview = Preview.open(address, () -> true)) {
      browser.open(preview.url());
      preview.begin(scene);
      browser.await("document.getElementById('content-picture').naturalWidth === 320");
      assertThat(browser.evaluate(text("title"))).isEqualTo("<img src=x>.jpg, reconstructed");
      assertThat(browser.is("document.getElementById('style-picture').offsetWidth === 0")).isTrue();
    }
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void theReportShowsEverythingWithoutScripts() throws IOException {
    Scene scene = TestRun.scene(320, 240, 60);
    Path file = directory.resolve("report.html");
    Invocation invocation =
        new Invocation("0.1", List.of("stylize", "--content=<img src=x>.jpg", "--report=r.html"));
    try (Report report = new Report(file, invocation, Clock.systemUTC())) {
      report.begin(scene);
      for (int done = 1; done <= 60; done++) {
        report.onStep(TestRun.moment(scene, done));
      }
      report.finish(TestRun.outcome(scene, 60));
    }
    browser.open(file.toUri().toString());
    assertThat(browser.evaluate("document.images.length")).isEqualTo("3");
    assertThat(
            browser.is(
                "[...document.images].every(i => i.naturalWidth === 320 || i.naturalWidth === 240)"))
        .isTrue();
    assertThat(browser.is("document.querySelector('.curve.total').getTotalLength() > 300"))
        .isTrue();
    assertThat(browser.evaluate("document.scripts.length")).isEqualTo("0");
    assertThat(browser.evaluate("document.querySelector('pre').textContent"))
        .isEqualTo("nst stylize '--content=<img src=x>.jpg' --report=r.html");
    photograph("report", 1200);
    assertThat(browser.complaints()).isEmpty();
  }
}
