package dev.nst.cli.preview;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PicturePaceTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void asksForNoOtherPictureWhileOneIsOnItsWay() {
    PicturePace pace = new PicturePace(5);
    assertThat(pace.isDue(4)).isFalse();
    assertThat(pace.isDue(5)).isTrue();
    pace.begin();
    assertThat(pace.isDue(100 * SECOND)).isFalse();
    pace.end(5, 10);
    assertThat(pace.isDue(10 + SECOND / 2 - 1)).isFalse();
    assertThat(pace.isDue(10 + SECOND / 2)).isTrue();
  }

  @Property(tries = 100)
  void takesTwoHundredthsOfOneCoreAtMost(
      @ForAll @LongRange(min = 1, max = 5_000_000_000L) long cost) {
    PicturePace pace = new PicturePace(0);
    pace.begin();
    pace.end(0, cost);
    assertThat(pace.isDue(cost + 50 * cost - 1)).isFalse();
    assertThat(pace.isDue(cost + Math.max(50 * cost, SECOND / 2))).isTrue();
  }
}
