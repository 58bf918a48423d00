package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SnapshotsTest {

  @Test
  void areNumberedByTheIterationsDone() {
    assertThat(Snapshots.path(Path.of("a", "out.png"), 50)).isEqualTo(Path.of("a", "out-0050.png"));
    assertThat(Snapshots.path(Path.of("my.holiday.jpg"), 12345))
        .isEqualTo(Path.of("my.holiday-12345.jpg"));
  }

  @Test
  void areKnownBeforeTheRun() {
    assertThat(Snapshots.paths(Path.of("o.png"), 4, 10))
        .containsExactly(Path.of("o-0004.png"), Path.of("o-0008.png"));
    assertThat(Snapshots.paths(Path.of("o.png"), 0, 10)).isEmpty();
  }
}
