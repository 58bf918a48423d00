package dev.nst.cli.watch;

import dev.nst.transfer.Losses;
import java.util.ArrayList;
import java.util.List;

/**
 * The losses of a run, for curves: the first iterations all, later ones at most ten a second so
 * that a fast device need not wait for whoever looks on, and of a long run ever fewer, so that
 * memory is bounded.
 */
public final class LossHistory {

  /** The most points kept. */
  static final int CAPACITY = 512;

  /** Losses fall fastest at the beginning, so of that nothing is left out. */
  private static final int FIRST = 20;

  private static final double SHORTEST_SECONDS = 0.1;

  /**
   * Losses of one picture.
   *
   * @param steps taken before it
   * @param losses its weighted losses
   */
  public record Point(int steps, Losses losses) {}

  private final List<Point> points = new ArrayList<>();
  private double lastSeconds;
  private int stride = 1;

  /** Takes note of an iteration, and asks for its losses if they are to be kept. */
  public void onStep(Moment moment) {
    int steps = moment.done() - 1;
    if (moment.isLast() || isDue(steps, moment.seconds())) {
      points.add(new Point(steps, moment.losses()));
      lastSeconds = moment.seconds();
      if (points.size() == CAPACITY) {
        thin();
      }
    }
  }

  private boolean isDue(int steps, double seconds) {
    return steps < FIRST
        || seconds - lastSeconds >= SHORTEST_SECONDS
            && steps - points.get(points.size() - 1).steps() >= stride;
  }

  /** Drops every other point, and lets those to come be as far apart as those that stay. */
  private void thin() {
    stride = 1 + 2 * last().steps() / CAPACITY;
    for (int i = CAPACITY - 2; i >= FIRST; i -= 2) {
      points.remove(i);
    }
  }

  private Point last() {
    return points.get(points.size() - 1);
  }

  /** Returns whether nothing was noted yet. */
  public boolean isEmpty() {
    return points.isEmpty();
  }

  /** Returns what was noted, in the order of the steps. */
  public List<Point> points() {
    return List.copyOf(points);
  }
}
