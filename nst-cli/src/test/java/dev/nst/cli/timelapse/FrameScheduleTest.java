package dev.nst.cli.timelapse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FrameScheduleTest {

  private static List<Integer> planned(int frames, int iterations) {
    FrameSchedule schedule = new FrameSchedule(frames, iterations);
    return IntStream.rangeClosed(1, iterations).filter(schedule::isDue).boxed().toList();
  }

  @Property(tries = 200)
  void hasAsManyFramesAsAskedForCountingTheResult(
      @ForAll @IntRange(min = 2, max = 200) int frames,
      @ForAll @IntRange(min = 1, max = 5000) int iterations) {
    List<Integer> planned = planned(frames, iterations);
    assertThat(planned).hasSize(Math.min(frames, iterations) - 1).doesNotContain(iterations);
  }

  @Property(tries = 100)
  void leavesLongerGapsTheLaterItIs(
      @ForAll @IntRange(min = 2, max = 100) int frames,
      @ForAll @IntRange(min = 1, max = 5000) int iterations) {
    List<Integer> planned = planned(frames, iterations);
    for (int i = 2; i < planned.size(); i++) {
      int before = planned.get(i - 1) - planned.get(i - 2);
      int after = planned.get(i) - planned.get(i - 1);
      // Both ends are rounded.
      assertThat(after).isGreaterThanOrEqualTo(before - 1);
    }
  }

  @Test
  void showsEveryIterationAtFirstAndThenEverLargerSteps() {
    assertThat(planned(11, 200)).containsExactly(1, 2, 8, 18, 32, 50, 72, 98, 128, 162);
  }
}
