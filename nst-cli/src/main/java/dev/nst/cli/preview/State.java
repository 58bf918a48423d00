package dev.nst.cli.preview;

import dev.nst.cli.watch.LossHistory.Point;
import java.util.List;

/**
 * How a run gets on.
 *
 * @param done iterations finished
 * @param iterations of the whole run, 0 as long as nobody knows
 * @param seconds since the first iteration began
 * @param perSecond iterations a second, or not a number
 * @param left seconds that are left, or not a number
 * @param points losses until now
 * @param note a sentence to show, empty for none
 */
record State(
    Phase phase,
    int done,
    int iterations,
    double seconds,
    double perSecond,
    double left,
    List<Point> points,
    String note) {

  /** Returns the state before anything is known. */
  static State settingUp() {
    return new State(Phase.SETTING_UP, 0, 0, 0, Double.NaN, Double.NaN, List.of(), "");
  }

  /** Returns the same in another phase. */
  State in(Phase newPhase, String newNote) {
    return new State(newPhase, done, iterations, seconds, perSecond, left, points, newNote);
  }
}
