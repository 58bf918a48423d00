package dev.nst.cli.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Times contestants in turns: each is warmed up when it enters, and then, round by round, one runs
 * after the other. What slows the machine for a while so meets all of them, and not the one that
 * happened to be running.
 */
final class Contest {

  /** Runs after which the JVM has compiled what an iteration consists of. */
  private static final int WARM_UP_RUNS = 10;

  /** The same for work so short that ten runs of it are over before the compiler is. */
  private static final double WARM_UP_SECONDS = 1;

  /** Work so slow that this passes before ten runs is warm enough. */
  private static final double LONGEST_WARM_UP_SECONDS = 10;

  /** Length of a round of short work: thousands of times what it costs to begin and end one. */
  private static final double ROUND_SECONDS = 0.25;

  private static final int MOST_RUNS = 100;

  private record Entry(Contestant contestant, int runs) {}

  private final List<Entry> entries = new ArrayList<>();

  /** Warms a contestant up and finds out how many runs make a round of it. */
  void enter(Contestant contestant) {
    int runs = 0;
    double total = 0;
    double last = 0;
    while (total < LONGEST_WARM_UP_SECONDS && (runs < WARM_UP_RUNS || total < WARM_UP_SECONDS)) {
      last = contestant.run(1);
      total += last;
      runs++;
    }
    int runsOfRound = (int) Math.min(Math.ceil(ROUND_SECONDS / last), MOST_RUNS);
    entries.add(new Entry(contestant, runsOfRound));
  }

  /**
   * Runs the rounds.
   *
   * @param rounds at least 1
   * @return the timing of each contestant, in the order in which they entered
   */
  List<Timing> run(int rounds) {
    List<List<Double>> seconds = new ArrayList<>();
    entries.forEach(entry -> seconds.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        seconds.get(i).add(entry.contestant().run(entry.runs()) / entry.runs());
      }
    }
    List<Timing> timings = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      timings.add(new Timing(entries.get(i).runs(), seconds.get(i)));
    }
    return timings;
  }
}
