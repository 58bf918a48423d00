package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContestTest {

  private final List<String> turns = new ArrayList<>();

  /** Says that every run takes so many seconds. */
  private Contestant lasting(String name, double seconds) {
    return times -> {
      turns.add(name + " " + times);
      return times * seconds;
    };
  }

  private List<Timing> compete(int rounds, Contestant... contestants) {
    Contest contest = new Contest();
    for (Contestant contestant : contestants) {
      contest.enter(contestant);
    }
    turns.add("start");
    return contest.run(rounds);
  }

  @Test
  void warmsUpEachAndThenLetsThemTakeTurnsInEveryRound() {
    compete(3, lasting("a", 0.5), lasting("b", 2));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      expected.add("a 1");
    }
    // Five of these are ten seconds.
    for (int i = 0; i < 5; i++) {
      expected.add("b 1");
    }
    expected.addAll(List.of("start", "a 1", "b 1", "a 1", "b 1", "a 1", "b 1"));
    assertThat(turns).isEqualTo(expected);
  }

  @Test
  void runsShortWorkSeveralTimesInARoundAndReportsOneRun() {
    List<Timing> timings = compete(4, lasting("short", 0.0625), lasting("tiny", 0.001));
    assertThat(turns.subList(turns.indexOf("start") + 1, turns.size()))
        .containsExactly(
            "short 4",
            "tiny 100",
            "short 4",
            "tiny 100",
            "short 4",
            "tiny 100",
            "short 4",
            "tiny 100");
    assertThat(turns).filteredOn("tiny 1"::equals).hasSizeGreaterThanOrEqualTo(1000);
    assertThat(timings.get(0).runs()).isEqualTo(16);
    assertThat(timings.get(0).median()).isEqualTo(0.0625);
    assertThat(timings.get(1).median()).isCloseTo(0.001, within(1e-9));
  }

  @Test
  void warmsUpOnceWithWorkThatTakesVeryLong() {
    compete(2, lasting("slow", 60));
    assertThat(turns).containsExactly("slow 1", "start", "slow 1", "slow 1");
  }

  @Test
  void reportsTheMedianAndTheBestOfTheRounds() {
    Timing odd = new Timing(1, List.of(5.0, 1.0, 3.0));
    assertThat(odd.median()).isEqualTo(3);
    assertThat(odd.best()).isEqualTo(1);
    assertThat(new Timing(1, List.of(4.0, 1.0, 2.0, 9.0)).median()).isEqualTo(3);
  }
}
