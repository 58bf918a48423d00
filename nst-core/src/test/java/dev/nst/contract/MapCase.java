package dev.nst.contract;

import dev.nst.tensor.Shape;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * What jqwik varies for a kernel: a shape, the channels of a second map or the columns of a second
 * matrix, and the seed of the numbers. The corners that blocked and tiled layouts stumble over are
 * tried first.
 *
 * @param shape of the input
 * @param channels of a convolution's output, for instance
 * @param seed of the numbers
 */
public record MapCase(Shape shape, int channels, long seed) {

  private static final MapCase[] CORNERS = {
    corner(1, 1, 1, 1, 1),
    corner(1, 1, 1, 13, 3),
    corner(2, 3, 13, 1, 17),
    corner(1, 16, 1, 2, 33),
    corner(2, 17, 2, 2, 16),
    corner(1, 33, 2, 3, 15),
    corner(2, 3, 3, 2, 32),
    corner(1, 40, 7, 8, 40),
    corner(1, 31, 16, 17, 1),
    corner(2, 32, 17, 5, 31),
    corner(1, 3, 37, 29, 64),
    corner(1, 64, 37, 29, 64),
    // Whole vectors and tiles of tensor cores, beside the odd ones.
    corner(1, 8, 5, 6, 8),
    corner(2, 8, 9, 7, 24),
    corner(1, 16, 16, 16, 16),
    corner(2, 16, 7, 9, 64),
    corner(1, 24, 6, 5, 8),
    corner(2, 24, 13, 10, 16),
    corner(1, 64, 9, 8, 24),
    corner(1, 64, 16, 16, 64)
  };

  private static final int SMALL = 1600;

  /** Any map: batches of 1 and 2, 1 to 40 channels (and 64), sides from 1. */
  static final class Any implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(2, 40, 1, 17, Integer.MAX_VALUE);
    }
  }

  /** Maps that 2x2 pooling can take: sides from 2. */
  static final class Poolable implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(2, 40, 2, 17, Integer.MAX_VALUE);
    }
  }

  /** Maps of one picture. */
  static final class Single implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(1, 40, 1, 17, Integer.MAX_VALUE);
    }
  }

  /** Any map, also of more blocks of channels and tiles. */
  static final class Wide implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(2, 70, 1, 40, Integer.MAX_VALUE);
    }
  }

  /** Wider maps that 2x2 pooling can take. */
  static final class WidePoolable implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(2, 70, 2, 40, Integer.MAX_VALUE);
    }
  }

  /** Wider maps of one picture. */
  static final class WideSingle implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(1, 70, 1, 40, Integer.MAX_VALUE);
    }
  }

  /** Maps small enough for central differences. */
  static final class Small implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(2, 19, 1, 7, SMALL);
    }
  }

  /** Small maps that 2x2 pooling can take. */
  static final class SmallPoolable implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(2, 19, 2, 7, SMALL);
    }
  }

  /** Small maps of one picture. */
  static final class SmallSingle implements ArbitrarySupplier<MapCase> {
    @Override
    public Arbitrary<MapCase> get() {
      return cases(1, 19, 1, 7, SMALL);
    }
  }

  /**
   * Returns this case with no more outputs than inputs away from every bend can be found for: the
   * coarser the arithmetic, the wider the margin, and the fewer values can keep it.
   */
  MapCase awayFromBends(Workbench bench) {
    double most = 4 / bench.tolerances().kinkMargin();
    int h = shape.h();
    int w = shape.w();
    int k = channels;
    int n = shape.size() / shape.c() * k > most ? 1 : shape.n();
    while (n * k * h * w > most) {
      if (k >= Math.max(h, w)) {
        k = (k + 1) / 2;
      } else if (h >= w) {
        h = (h + 1) / 2;
      } else {
        w = (w + 1) / 2;
      }
    }
    return new MapCase(new Shape(n, shape.c(), h, w), k, seed);
  }

  /** Returns the numbers of this case, of the kind that the bench's backend takes. */
  Values values(Workbench bench) {
    return new Values(seed, bench.backend().featureType());
  }

  private static Arbitrary<MapCase> cases(
      int mostPictures, int mostChannels, int leastSide, int mostSide, int largestCornerSize) {
    Arbitrary<Integer> pictures = Arbitraries.integers().between(1, mostPictures);
    Arbitrary<Integer> channels =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.of(1, 3, 8, 16, 17, 24)),
            Tuple.of(2, Arbitraries.integers().between(1, mostChannels)));
    Arbitrary<Integer> sides =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.just(leastSide)),
            Tuple.of(5, Arbitraries.integers().between(leastSide, mostSide)));
    return Combinators.combine(
            pictures, channels, sides, sides, channels, Arbitraries.longs().between(0, 1L << 32))
        .as((n, c, h, w, k, seed) -> new MapCase(new Shape(n, c, h, w), k, seed))
        .edgeCases(
            config -> {
              config.filter(any -> false);
              for (MapCase corner : CORNERS) {
                Shape s = corner.shape();
                if (s.n() <= mostPictures
                    && Math.min(s.h(), s.w()) >= leastSide
                    && s.size() <= largestCornerSize) {
                  config.add(corner);
                }
              }
            });
  }

  private static MapCase corner(int n, int c, int h, int w, int channels) {
    return new MapCase(new Shape(n, c, h, w), channels, 31L * c + 7L * h + w);
  }
}
