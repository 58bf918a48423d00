package dev.nst.transfer;

import dev.nst.NstException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the colours that the regions of a mask are drawn in. Lossy files and soft edges add colours
 * that nobody chose, so they are found by how often they are there among their like: the most
 * frequent one of a picture takes in all that are like it, then the most frequent one of the
 * others, as long as each has its least share. A picture of a few colours in all was chosen as it
 * is, and each is like itself only, so that a map of labels (0, 1, 2), as programs for segmentation
 * write, has its regions.
 */
final class MaskColours {

  /** More make a run slow, and are no longer drawn by hand. */
  static final int MOST_REGIONS = 8;

  /** A colour that has less of the picture is taken for an edge between two others. */
  private static final double LEAST_SHARE = 0.01;

  /**
   * At least so much of a region lies inside of it, among its like. Along edges lossy files, which
   * keep colours at half the resolution, and soft brushes make bands of mixtures one to three
   * pixels wide, which in a small picture are more than {@link #LEAST_SHARE}.
   */
  private static final double LEAST_INSIDE = 0.25;

  /** So much of a picture may be edges and noise. */
  private static final double MOST_UNLIKE = 0.1;

  /**
   * Colours of lossy or soft pictures are alike up to this Euclidean distance, each channel going
   * from 0 to 255.
   */
  static final int LIKENESS = 32;

  /** Red, green and blue as 0xRRGGBB, row by row. */
  private final int[] pixels;

  private final int width;

  /** Up to which distance colours are alike. */
  private final int likeness;

  private MaskColours(int[] pixels, int width, int likeness) {
    this.pixels = pixels;
    this.width = width;
    this.likeness = likeness;
  }

  /** Looks at a mask, pixel by pixel. */
  static MaskColours of(int[] pixels, int width) {
    boolean flat = Arrays.stream(pixels).distinct().limit(MOST_REGIONS + 1).count() <= MOST_REGIONS;
    return new MaskColours(pixels, width, flat ? 0 : LIKENESS);
  }

  /**
   * Returns the colours of the regions, the most frequent first.
   *
   * @param role what to call the mask in a refusal: {@code content mask}
   * @throws NstException if it is not drawn in a few flat colours
   */
  List<Integer> main(String role) {
    Map<Integer, Integer> left = new HashMap<>();
    Map<Integer, Integer> leftInside = new HashMap<>();
    for (int i = 0; i < pixels.length; i++) {
      left.merge(pixels[i], 1, Integer::sum);
      if (isInside(i)) {
        leftInside.merge(pixels[i], 1, Integer::sum);
      }
    }
    List<Integer> colours = new ArrayList<>();
    Optional<Integer> next = mostFrequent(leftInside);
    while (next.isPresent() && colours.size() <= MOST_REGIONS) {
      int colour = next.get();
      int count = count(left, colour);
      if (count < LEAST_SHARE * pixels.length) {
        break;
      }
      if (count(leftInside, colour) >= LEAST_INSIDE * count) {
        colours.add(colour);
        left.keySet().removeIf(other -> alike(colour, other));
      }
      leftInside.keySet().removeIf(other -> alike(colour, other));
      next = mostFrequent(leftInside);
    }
    int unlike = left.values().stream().mapToInt(Integer::intValue).sum();
    if (colours.size() > MOST_REGIONS || unlike > MOST_UNLIKE * pixels.length) {
      throw new NstException(
          ("The %s has more colours than regions can have; draw at most %d regions, each in one flat"
                  + " colour and at least %d%% of the picture.")
              .formatted(role, MOST_REGIONS, Math.round(100 * LEAST_SHARE)));
    }
    return colours;
  }

  /** Whether all pixels around one are like it. */
  private boolean isInside(int i) {
    int x = i % width;
    int left = x > 0 ? -1 : 0;
    int right = x < width - 1 ? 1 : 0;
    for (int row = Math.max(x, i - width); row <= i + width && row < pixels.length; row += width) {
      for (int other = row + left; other <= row + right; other++) {
        if (!alike(pixels[i], pixels[other])) {
          return false;
        }
      }
    }
    return true;
  }

  /** Of colours that are there equally often, the darkest: the order of a map must not decide. */
  private static Optional<Integer> mostFrequent(Map<Integer, Integer> counts) {
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Integer, Integer>comparingByValue()
                .thenComparing(Map.Entry.<Integer, Integer>comparingByKey().reversed()))
        .map(Map.Entry::getKey);
  }

  private int count(Map<Integer, Integer> counts, int colour) {
    return counts.entrySet().stream()
        .filter(entry -> alike(colour, entry.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private boolean alike(int a, int b) {
    return distance2(a, b) <= likeness * likeness;
  }

  /** Returns the squared distance of two colours. */
  static int distance2(int a, int b) {
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int difference = (a >> shift & 0xFF) - (b >> shift & 0xFF);
      sum += difference * difference;
    }
    return sum;
  }
}
