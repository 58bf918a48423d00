package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.loss.RegionMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Regions of a picture, drawn in colours. Lossy files and soft edges add colours that nobody chose,
 * so the colours of the regions are found by how often they are there among their like: the most
 * frequent one of a picture takes in all that are like it, then the most frequent one of the
 * others, as long as each has its least share. Every pixel then belongs to the colour it is nearest
 * to. A picture of a few colours in all was chosen as it is, and each is like itself only, so that
 * a map of labels (0, 1, 2), as programs for segmentation write, has its regions.
 */
final class DrawnRegions {

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
  private static final int LIKENESS = 32;

  private final String role;
  private final Dimensions size;

  /** Red, green and blue as 0xRRGGBB, one of each region. */
  private final List<Integer> colours;

  /** The region of every pixel, row by row. */
  private final byte[] labels;

  private DrawnRegions(String role, Dimensions size, List<Integer> colours, byte[] labels) {
    this.role = role;
    this.size = size;
    this.colours = List.copyOf(colours);
    this.labels = labels;
  }

  /**
   * Finds the regions of a mask.
   *
   * @param role what to call the mask in a refusal: {@code content mask}
   * @throws NstException if it is not drawn in a few flat colours
   */
  static DrawnRegions of(String role, Image mask) {
    int[] pixels = pixels(mask);
    boolean flat = Arrays.stream(pixels).distinct().limit(MOST_REGIONS + 1).count() <= MOST_REGIONS;
    int likeness = flat ? 0 : LIKENESS;
    List<Integer> colours = mainColours(role, pixels, mask.width(), likeness);
    return new DrawnRegions(role, mask.dimensions(), colours, nearest(pixels, colours));
  }

  private static int[] pixels(Image mask) {
    float[] values = mask.onWhite().clamped().toChw();
    int[] pixels = new int[values.length / Image.CHANNELS];
    for (int i = 0; i < values.length; i++) {
      int pixel = i % pixels.length;
      pixels[pixel] = pixels[pixel] << 8 | Math.round(values[i] * 255);
    }
    return pixels;
  }

  private static List<Integer> mainColours(String role, int[] pixels, int width, int likeness) {
    Map<Integer, Integer> left = new HashMap<>();
    Map<Integer, Integer> leftInside = new HashMap<>();
    for (int i = 0; i < pixels.length; i++) {
      left.merge(pixels[i], 1, Integer::sum);
      if (isInside(pixels, width, i, likeness)) {
        leftInside.merge(pixels[i], 1, Integer::sum);
      }
    }
    List<Integer> colours = new ArrayList<>();
    Optional<Integer> next = mostFrequent(leftInside);
    while (next.isPresent() && colours.size() <= MOST_REGIONS) {
      int colour = next.get();
      int count = count(left, colour, likeness);
      if (count < LEAST_SHARE * pixels.length) {
        break;
      }
      if (count(leftInside, colour, likeness) >= LEAST_INSIDE * count) {
        colours.add(colour);
        left.keySet().removeIf(other -> alike(colour, other, likeness));
      }
      leftInside.keySet().removeIf(other -> alike(colour, other, likeness));
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
  private static boolean isInside(int[] pixels, int width, int i, int likeness) {
    int x = i % width;
    int left = x > 0 ? -1 : 0;
    int right = x < width - 1 ? 1 : 0;
    for (int row = Math.max(x, i - width); row <= i + width && row < pixels.length; row += width) {
      for (int other = row + left; other <= row + right; other++) {
        if (!alike(pixels[i], pixels[other], likeness)) {
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

  private static int count(Map<Integer, Integer> counts, int colour, int likeness) {
    return counts.entrySet().stream()
        .filter(entry -> alike(colour, entry.getKey(), likeness))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static byte[] nearest(int[] pixels, List<Integer> colours) {
    byte[] labels = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      labels[i] = (byte) nearest(pixels[i], colours);
    }
    return labels;
  }

  private static int nearest(int colour, List<Integer> colours) {
    int best = 0;
    for (int i = 1; i < colours.size(); i++) {
      if (distance2(colour, colours.get(i)) < distance2(colour, colours.get(best))) {
        best = i;
      }
    }
    return best;
  }

  private static boolean alike(int a, int b, double likeness) {
    return distance2(a, b) <= likeness * likeness;
  }

  private static int distance2(int a, int b) {
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int difference = (a >> shift & 0xFF) - (b >> shift & 0xFF);
      sum += difference * difference;
    }
    return sum;
  }

  /** Up to which distance the colour of another mask can only mean one of these. */
  private double halfwayToTheNearest() {
    double least = LIKENESS;
    for (int i = 1; i < colours.size(); i++) {
      for (int other : colours.subList(0, i)) {
        least = Math.min(least, Math.sqrt(distance2(colours.get(i), other)) / 2);
      }
    }
    return least;
  }

  /**
   * Returns these regions in the order that another mask has its own in.
   *
   * @throws NstException if they have other colours
   */
  DrawnRegions inOrderOf(DrawnRegions other) {
    int[] place = new int[colours.size()];
    boolean[] taken = new boolean[other.colours.size()];
    double likeness = other.halfwayToTheNearest();
    boolean match = colours.size() == other.colours.size();
    for (int i = 0; match && i < place.length; i++) {
      place[i] = nearest(colours.get(i), other.colours);
      match = alike(colours.get(i), other.colours.get(place[i]), likeness) && !taken[place[i]];
      taken[place[i]] = true;
    }
    if (!match) {
      throw new NstException(
          "The %s has the colours %s and the %s %s; draw both in the same colours."
              .formatted(other.role, other.named(), role, named()));
    }
    byte[] ordered = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      ordered[i] = (byte) place[labels[i]];
    }
    return new DrawnRegions(role, size, other.colours, ordered);
  }

  private String named() {
    return colours.stream().map(DrawnRegions::name).collect(Collectors.joining(", "));
  }

  /**
   * Checks that the mask can lie on a picture: it has its size, or its proportions as well as whole
   * pixels of the smaller one can have them.
   *
   * @param subject the picture, for a refusal: {@code photograph}
   * @throws NstException if not
   */
  void requireProportionsOf(String subject, Dimensions picture) {
    Dimensions small = size.pixels() < picture.pixels() ? size : picture;
    Dimensions large = small == size ? picture : size;
    double height = (double) large.height() * small.width() / large.width();
    double width = (double) large.width() * small.height() / large.height();
    if (Math.abs(height - small.height()) > 1 && Math.abs(width - small.width()) > 1) {
      throw new NstException(
          ("The %s has %s pixels, which are not the proportions of the %s with %s; draw it at the"
                  + " picture's own size.")
              .formatted(role, size, subject, picture));
    }
  }

  /**
   * Checks that something of every region is left at a layer.
   *
   * @param picture size of the picture
   * @param poolings before the layer
   * @throws NstException if not, naming the colour
   */
  void requireSeen(Dimensions picture, int poolings) {
    List<RegionMask> masks = masks(picture);
    for (int i = 0; i < masks.size(); i++) {
      if (masks.get(i).pooled(poolings).isNegligible()) {
        throw new NstException(
            ("The %s's region %s is too small for the deepest style layer at %s pixels; draw it"
                    + " larger, choose a larger size, or leave deep style layers out.")
                .formatted(role, name(colours.get(i)), picture));
      }
    }
  }

  /** Returns the masks of a picture of another size: they sum to 1 at every pixel. */
  List<RegionMask> masks(Dimensions picture) {
    return IntStream.range(0, colours.size()).mapToObj(i -> mask(i, picture)).toList();
  }

  private RegionMask mask(int region, Dimensions picture) {
    float[] values = new float[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = labels[i] == region ? 1 : 0;
    }
    return new RegionMask(size.width(), size.height(), values)
        .resized(picture.width(), picture.height());
  }

  /** Returns the regions with their shares of the mask. */
  List<Masks.Region> regions() {
    int[] counts = new int[colours.size()];
    for (byte label : labels) {
      counts[label]++;
    }
    return IntStream.range(0, counts.length)
        .mapToObj(i -> new Masks.Region(name(colours.get(i)), (double) counts[i] / labels.length))
        .toList();
  }

  private static String name(int colour) {
    return String.format(Locale.ROOT, "#%06x", colour);
  }
}
