package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.loss.RegionMask;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Regions of a picture, drawn in colours ({@link MaskColours}): every pixel belongs to the colour
 * it is nearest to.
 */
final class DrawnRegions {

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
    List<Integer> colours = MaskColours.of(pixels, mask.width()).main(role);
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
      if (MaskColours.distance2(colour, colours.get(i))
          < MaskColours.distance2(colour, colours.get(best))) {
        best = i;
      }
    }
    return best;
  }

  /** Up to which distance the colour of another mask can only mean one of these. */
  private double halfwayToTheNearest() {
    double least = MaskColours.LIKENESS;
    for (int i = 1; i < colours.size(); i++) {
      for (int other : colours.subList(0, i)) {
        least = Math.min(least, Math.sqrt(MaskColours.distance2(colours.get(i), other)) / 2);
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
      int distance2 = MaskColours.distance2(colours.get(i), other.colours.get(place[i]));
      match = distance2 <= likeness * likeness && !taken[place[i]];
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
