package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SnapshotsTest {

  @Test
  void areNumberedByTheIterationsDone() {
    assertThat(Snapshots.path(Path.of("a", "out.png"), 50)).isEqualTo(Path.of("a", "out-0050.png"));
    assertThat(Snapshots.path(Path.of("my.holiday.jpg"), 12345))
        .isEqualTo(Path.of("my.holiday-12345.jpg"));
  }

  @Test
  void areKnownBeforeTheRun() {
    Snapshots snapshots = new Snapshots(Path.of("o.png"), 4);
    assertThat(snapshots.write(Path.of("o-0004.png"), 10)).isTrue();
    assertThat(snapshots.write(Path.of("o-0008.png"), 10)).isTrue();
    assertThat(snapshots.write(Path.of("o-0006.png"), 10)).isFalse();
    assertThat(snapshots.write(Path.of("o-0012.png"), 10)).isFalse();
    assertThat(snapshots.write(Path.of("o-4.png"), 10)).isFalse();
    assertThat(snapshots.write(Path.of("p-0004.png"), 10)).isFalse();
    assertThat(snapshots.write(Path.of("o.png"), 10)).isFalse();
    assertThat(new Snapshots(Path.of("o.png"), 0).write(Path.of("o-0004.png"), 10)).isFalse();
  }

  @Test
  @Timeout(5)
  void areKnownBeforeTheLongestOfRuns() {
    int most = Integer.MAX_VALUE;
    Snapshots every = new Snapshots(Path.of("o.png"), 1);
    assertThat(every.write(Path.of("o-" + most + ".png"), most)).isTrue();
    assertThat(every.write(Path.of("o-9999999999.png"), most)).isFalse();
    assertThat(new Snapshots(Path.of("o.png"), most - 1).write(Path.of("o-0001.png"), most))
        .isFalse();
  }
}
