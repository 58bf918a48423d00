package dev.nst.cli.timelapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.TestRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelapseTest {

  private static final int ITERATIONS = 30;

  @TempDir Path directory;
  private final Scene scene = TestRun.scene(40, 32, ITERATIONS);
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("film.gif");
  }

  private Timelapse filmed(int frames, int size, int iterationsDone) {
    Timelapse timelapse = new Timelapse(new TimelapseRequest(file, frames, 10, size));
    timelapse.begin(scene);
    for (int done = 1; done <= iterationsDone; done++) {
      timelapse.onStep(TestRun.moment(scene, done));
    }
    return timelapse;
  }

  private List<BufferedImage> frames() throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      Stream.Builder<BufferedImage> frames = Stream.builder();
      for (int i = 0; i < reader.getNumImages(true); i++) {
        frames.add(reader.read(i));
      }
      return frames.build().toList();
    } finally {
      reader.dispose();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void endsWithTheResult() throws IOException {
    try (Timelapse timelapse = filmed(7, 0, ITERATIONS)) {
      assertThat(timelapse.finish(TestRun.outcome(scene, ITERATIONS))).contains(file);
    }
    assertThat(frames()).hasSize(7).allMatch(frame -> frame.getWidth() == 40);
    assertThat(files()).containsExactly(file);
  }

  @Test
  void isAFilmOfWhatThereWasWhenTheRunIsStopped() throws IOException {
    try (Timelapse timelapse = filmed(31, 0, 4)) {
      timelapse.finish(TestRun.outcome(scene, 4));
    }
    assertThat(frames()).hasSize(5);
  }

  @Test
  void isAFilmOfWhatThereWasWhenTheRunFails() throws IOException {
    try (Timelapse timelapse = filmed(31, 0, 4)) {
      assertThat(timelapse.abandon()).contains("The film until then is " + file + ".");
    }
    assertThat(frames()).hasSize(4);
    assertThat(files()).containsExactly(file);
  }

  @Test
  void leavesTheOldFilmAloneWhenThereIsNothingToShow() throws IOException {
    Files.writeString(file, "precious");
    try (Timelapse timelapse = filmed(31, 0, 0)) {
      assertThat(timelapse.abandon()).isEmpty();
    }
    assertThat(file).hasContent("precious");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void canBeSmallerThanThePictureButIsNeverLarger() throws IOException {
    try (Timelapse timelapse = filmed(3, 16, ITERATIONS)) {
      timelapse.finish(TestRun.outcome(scene, ITERATIONS));
    }
    assertThat(frames()).allMatch(frame -> frame.getWidth() == 20 && frame.getHeight() == 16);
    try (Timelapse timelapse = filmed(3, 999, ITERATIONS)) {
      timelapse.finish(TestRun.outcome(scene, ITERATIONS));
    }
    assertThat(frames()).allMatch(frame -> frame.getWidth() == 40 && frame.getHeight() == 32);
  }

  @Test
  void showsPicturesThatGrowAtOneSize() throws IOException {
    Scene small = TestRun.scene(20, 16, ITERATIONS);
    try (Timelapse timelapse = filmed(5, 0, 0)) {
      timelapse.onStep(TestRun.moment(small, 1));
      timelapse.onStep(TestRun.moment(scene, 20));
      timelapse.finish(TestRun.outcome(scene, ITERATIONS));
    }
    assertThat(frames()).hasSize(3).allMatch(frame -> frame.getWidth() == 40);
  }

  @Test
  void saysThatItsPlaceIsTaken() throws IOException {
    try (Timelapse timelapse = filmed(3, 0, ITERATIONS)) {
      Files.createDirectories(file.resolve("in the way"));
      assertThatThrownBy(() -> timelapse.finish(TestRun.outcome(scene, ITERATIONS)))
          .isInstanceOf(NstException.class)
          .hasMessageContaining(file.toString());
    }
    assertThat(files()).containsExactly(file);
  }
}
