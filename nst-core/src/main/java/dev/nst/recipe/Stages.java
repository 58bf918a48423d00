package dev.nst.recipe;

import dev.nst.NstException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The sizes that a picture passes on its way to its own, and the steps at each. */
public sealed interface Stages {

  /**
   * Returns the stages of a picture.
   *
   * @param pixels length of its {@linkplain PictureSize#edge measured edge}
   * @return from the smallest to {@code pixels}; not empty
   */
  List<Stage> upTo(int pixels);

  /**
   * Returns stages of so many iterations altogether, shared as these share theirs.
   *
   * @param iterations at least 1
   * @param pixels length of the edge for which the sum is meant
   */
  Stages withIterations(int iterations, int pixels);

  /** Everything at the full size. */
  record Single(int iterations) implements Stages {

    /** Validates the range. */
    public Single {
      requireIterations(iterations);
    }

    @Override
    public List<Stage> upTo(int pixels) {
      return List.of(new Stage(pixels, iterations));
    }

    @Override
    public Stages withIterations(int value, int pixels) {
      return new Single(value);
    }
  }

  /**
   * A ladder of sizes (Gatys, Bethge, Hertzmann, Shechtman 2016, section 5, has two of them):
   * {@code round(size / 2^(k / steps))} for k = 0, 1, ... while that is at least {@code smallest},
   * from small to large.
   *
   * @param smallest no stage but the only one is smaller, at least 32 pixels
   * @param steps stages for each doubling of the size, 1 to 8
   * @param iterations of the first stage, the second and so on; the last number counts for all
   *     further stages
   */
  record Ladder(int smallest, int steps, List<Integer> iterations) implements Stages {

    /** Validates the ranges and copies the list. */
    public Ladder {
      if (smallest < 32) {
        throw new NstException(
            "The smallest stage must have at least 32 pixels, got " + smallest + ".");
      }
      if (steps < 1 || steps > 8) {
        throw new NstException(
            "A ladder has 1 to 8 steps for each doubling of the size, got " + steps + ".");
      }
      iterations = List.copyOf(iterations);
      if (iterations.isEmpty()) {
        throw new NstException("A ladder needs the iterations of its first stage; name them.");
      }
      iterations.forEach(Stages::requireIterations);
    }

    @Override
    public List<Stage> upTo(int pixels) {
      List<Integer> sizes = sizes(pixels);
      List<Stage> stages = new ArrayList<>();
      for (int i = 0; i < sizes.size(); i++) {
        stages.add(new Stage(sizes.get(i), iterations.get(Math.min(i, iterations.size() - 1))));
      }
      return List.copyOf(stages);
    }

    private List<Integer> sizes(int pixels) {
      List<Integer> sizes = new ArrayList<>(List.of(pixels));
      // Half to even, as Python rounds.
      int size = (int) Math.rint(pixels / Math.pow(2, 1.0 / steps));
      for (int k = 2; size >= smallest; k++) {
        if (size < sizes.get(sizes.size() - 1)) {
          sizes.add(size);
        }
        size = (int) Math.rint(pixels / Math.pow(2, (double) k / steps));
      }
      Collections.reverse(sizes);
      return sizes;
    }

    @Override
    public Stages withIterations(int value, int pixels) {
      requireIterations(value);
      List<Stage> now = upTo(pixels);
      if (value < now.size()) {
        return new Single(value);
      }
      long sum = now.stream().mapToLong(Stage::iterations).sum();
      List<Integer> shares = new ArrayList<>();
      int left = value;
      for (int i = now.size() - 1; i > 0; i--) {
        int share = (int) Math.max(1, (long) value * now.get(i).iterations() / sum);
        // Each of the smaller stages keeps one at least.
        share = Math.min(share, left - i);
        shares.add(share);
        left -= share;
      }
      shares.add(left);
      Collections.reverse(shares);
      return new Ladder(smallest, steps, shares);
    }
  }

  private static void requireIterations(int iterations) {
    Checks.count("number of iterations", iterations);
  }
}
