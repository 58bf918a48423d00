package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.loss.RegionMask;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.StyleForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which regions of the photograph are painted in the style of which regions of the paintings: a
 * region is a colour that the photograph's mask and every painting's have in common. The style
 * losses become guided ones, a Gram matrix for each region (Gatys et al. 2017, "Controlling
 * Perceptual Factors in Neural Style Transfer", eq. 4 and 5); the content loss is untouched.
 *
 * <p>There are at most eight regions, each of at least a hundredth of its mask. In a mask of more
 * than eight colours, those within 32 (of 255) of each other are one, and what lies between two
 * regions' colours, as along soft edges and in lossy files, belongs to the nearer. At every size
 * that a run works at, a pixel belongs to a region as far as the region covers it.
 */
public final class Masks {

  private final DrawnRegions content;
  private final List<DrawnRegions> styles;

  private Masks(DrawnRegions content, List<DrawnRegions> styles) {
    this.content = content;
    this.styles = styles;
  }

  /**
   * Reads masks; white where they are transparent.
   *
   * @param content the photograph's mask, of its size or at least its proportions
   * @param styles one mask of each painting, likewise
   * @throws NstException if one is not drawn in a few flat colours, or not in the photograph's
   */
  public static Masks of(Image content, List<Image> styles) {
    DrawnRegions regions = DrawnRegions.of("content mask", content);
    List<DrawnRegions> ofStyles = new ArrayList<>();
    for (Image style : styles) {
      String role = styles.size() == 1 ? "style mask" : "style mask " + (ofStyles.size() + 1);
      ofStyles.add(DrawnRegions.of(role, style).inOrderOf(regions));
    }
    return new Masks(regions, List.copyOf(ofStyles));
  }

  /**
   * A region of the photograph.
   *
   * @param colour as {@code #rrggbb}
   * @param share of the photograph that it covers, from 0 to 1
   */
  public record Region(String colour, double share) {

    /** Returns it for people: {@code #ff0000 (40 %)}. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s (%.0f %%)", colour, 100 * share);
    }
  }

  /** Returns the regions, the most frequent colour first. */
  public List<Region> regions() {
    return content.regions();
  }

  /**
   * Checks that a run can use these masks.
   *
   * @param photograph its size, as the run sees it
   * @param paintings their sizes, as the run sees them
   * @throws NstException if there is not one mask for each painting, one has other proportions than
   *     its picture, the recipe's style form has no regions, or a region is too small for the
   *     recipe's layers
   */
  public void requireFor(Recipe recipe, Dimensions photograph, List<Dimensions> paintings) {
    if (paintings.size() != styles.size()) {
      throw new NstException(
          "There are %d paintings, but style masks for %d; give one for each, in the same order."
              .formatted(paintings.size(), styles.size()));
    }
    if (recipe.style().form() == StyleForm.WASSERSTEIN) {
      throw new NstException(
          "The style form wasserstein takes no masks; choose another one, such as relative.");
    }
    content.requireProportionsOf("photograph", photograph);
    for (int i = 0; i < styles.size(); i++) {
      styles.get(i).requireProportionsOf("painting", paintings.get(i));
    }
    for (PlannedStage stage : PlannedStage.of(recipe, photograph, paintings)) {
      requireSeen(recipe, stage);
    }
  }

  /** Poolings only take away from a region, so its share of the deepest layer answers for all. */
  private void requireSeen(Recipe recipe, PlannedStage stage) {
    int poolings =
        recipe.style().layers().keySet().stream().mapToInt(Vgg19Layer::poolings).max().orElse(0);
    content.requireSeen(stage.content(), poolings);
    for (int i = 0; i < styles.size(); i++) {
      styles.get(i).requireSeen(stage.styles().get(i), poolings);
    }
  }

  /** Returns the photograph's masks at a size, in the order of {@link #regions}. */
  List<RegionMask> ofContent(Dimensions size) {
    return content.masks(size);
  }

  /** Returns a painting's masks at a size, in the same order. */
  List<RegionMask> ofStyle(int painting, Dimensions size) {
    return styles.get(painting).masks(size);
  }
}
