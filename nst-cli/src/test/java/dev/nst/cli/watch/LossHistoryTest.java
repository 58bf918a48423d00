package dev.nst.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.watch.LossHistory.Point;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LossHistoryTest {

  private static List<Point> watched(int iterations, double secondsEach, AtomicInteger asked) {
    LossHistory history = new LossHistory();
    for (int done = 1; done <= iterations; done++) {
      int steps = done - 1;
      history.onStep(
          new Moment(
              done,
              iterations,
              done * secondsEach,
              () -> {
                asked.incrementAndGet();
                return TestRun.losses(steps);
              },
              () -> null));
    }
    return history.points();
  }

  @Property(tries = 60)
  void keepsTheBeginningAndTheEndOfRunsOfAnyLengthInBoundedMemory(
      @ForAll @IntRange(min = 1, max = 20_000) int iterations,
      @ForAll @IntRange(min = 1, max = 20_000) int tenthsOfMillis) {
    List<Point> points = watched(iterations, tenthsOfMillis / 1e4, new AtomicInteger());
    assertThat(points).hasSizeLessThan(LossHistory.CAPACITY);
    assertThat(points).isSortedAccordingTo((a, b) -> Integer.compare(a.steps(), b.steps()));
    assertThat(points.get(points.size() - 1).steps()).isEqualTo(iterations - 1);
    for (int steps = 0; steps < Math.min(20, iterations); steps++) {
      assertThat(points.get(steps).steps()).isEqualTo(steps);
    }
    for (Point point : points) {
      assertThat(point.losses()).isEqualTo(TestRun.losses(point.steps()));
    }
  }

  @Test
  void asksAFastDeviceTenTimesASecondAtMost() {
    AtomicInteger asked = new AtomicInteger();
    watched(10_000, 1e-3, asked);
    assertThat(asked.get()).isBetween(90, 20 + 100 + 1);
  }

  @Test
  void keepsPointsOfALongRunAboutEquallyFarApart() {
    List<Point> points = watched(50_000, 1, new AtomicInteger());
    assertThat(points.size()).isGreaterThan(LossHistory.CAPACITY / 3);
    int largest = 0;
    for (int i = 1; i < points.size(); i++) {
      largest = Math.max(largest, points.get(i).steps() - points.get(i - 1).steps());
    }
    assertThat(largest).isLessThan(50_000 * 5 / LossHistory.CAPACITY);
  }
}
