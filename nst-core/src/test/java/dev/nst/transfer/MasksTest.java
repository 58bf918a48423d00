package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import dev.nst.contract.SyntheticImages;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.image.OutputOptions;
import dev.nst.image.Resize;
import dev.nst.loss.RegionMask;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.StyleForm;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {

  private static final int RED = 0xFF0000;
  private static final int GREEN = 0x00FF00;
  private static final int BLUE = 0x0000FF;
  private static final Dimensions SIZE = new Dimensions(64, 48);

  @TempDir Path directory;

  private static Image mask(int column, int left, int right) {
    return FlatPictures.image(64, 48, (x, y) -> x < column ? left : right);
  }

  private static void assertRefused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call).isInstanceOf(NstException.class).hasMessageContainingAll(words);
  }

  @Test
  void coloursAreTheRegionsWhateverTheirOrder() {
    Masks masks = Masks.of(mask(16, RED, BLUE), List.of(mask(48, RED, BLUE)));
    assertThat(masks.regions())
        .containsExactly(new Masks.Region("#0000ff", 0.75), new Masks.Region("#ff0000", 0.25));
    assertThat(masks.regions().get(1)).hasToString("#ff0000 (25 %)");
    assertThat(masks.ofContent(SIZE).get(0).values()[0]).isZero();
    assertThat(masks.ofContent(SIZE).get(1).values()[0]).isEqualTo(1);
    assertThat(masks.ofStyle(0, SIZE).get(1).values()[47]).isEqualTo(1);
    assertThat(masks.ofStyle(0, SIZE).get(0).values()[48]).isEqualTo(1);
  }

  @Test
  void softEdgesAndLossyFilesMakeNoRegions() {
    Image round =
        FlatPictures.image(
            256, 192, (x, y) -> (x - 120) * (x - 120) + (y - 90) * (y - 90) < 4000 ? RED : BLUE);
    Path file = directory.resolve("mask.jpg");
    Images.write(Resize.bilinear(round, 201, 151), file);
    Masks masks = Masks.of(round, List.of(Images.read(file)));
    assertThat(masks.regions()).hasSize(2);
    Dimensions small = new Dimensions(64, 48);
    List<RegionMask> drawn = masks.ofContent(small);
    List<RegionMask> lossy = masks.ofStyle(0, small);
    for (int i = 0; i < drawn.get(1).values().length; i++) {
      float disc = drawn.get(1).values()[i];
      assertThat(disc + drawn.get(0).values()[i]).isCloseTo(1, within(1e-6f));
      assertThat(lossy.get(1).values()[i]).isCloseTo(disc, within(0.4f));
    }
  }

  /**
   * Most programs halve the resolution of colour, so that small masks have wide bands of mixtures.
   */
  @ParameterizedTest
  @ValueSource(ints = {100, 95, 75, 50, 30})
  void bandsOfMixedColoursInASmallJpegAreNoRegions(int quality) {
    Image drawn = threeRegions();
    Path file = directory.resolve("mask.jpg");
    Images.write(drawn, file, OutputOptions.defaults().withQuality(quality));
    Masks masks = Masks.of(drawn, List.of(Images.read(file)));
    assertThat(masks.regions()).hasSize(3);
    Dimensions size = drawn.dimensions();
    for (int region = 0; region < 3; region++) {
      float[] clean = masks.ofContent(size).get(region).values();
      float[] lossy = masks.ofStyle(0, size).get(region).values();
      int wrong = 0;
      for (int i = 0; i < clean.length; i++) {
        wrong += clean[i] == lossy[i] ? 0 : 1;
      }
      assertThat(wrong).as("pixels of region %d", region).isLessThan(clean.length / 50);
    }
  }

  private static Image threeRegions() {
    return FlatPictures.image(
        128, 96, (x, y) -> y >= 69 ? GREEN : x > 29 && x < 90 && y > 19 ? RED : BLUE);
  }

  @Test
  void colourTablesAndSixteenBitsMakeTheSameRegions() throws IOException {
    BufferedImage drawn = threeRegions().toBufferedImage();
    byte full = (byte) 255;
    byte[] reds = {0, 0, full};
    byte[] greens = {0, full, 0};
    byte[] blues = {full, 0, 0};
    IndexColorModel table = new IndexColorModel(2, 3, reds, greens, blues);
    BufferedImage indexed = new BufferedImage(128, 96, BufferedImage.TYPE_BYTE_BINARY, table);
    indexed.createGraphics().drawImage(drawn, 0, 0, null);
    Path palette = directory.resolve("palette.png");
    ImageIO.write(indexed, "png", palette.toFile());

    float[] noisy = threeRegions().toChw();
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = Math.abs(noisy[i] - i * 31 % 97 / 65535f);
    }
    Path deep = directory.resolve("deep.png");
    Images.write(Image.of(128, 96, noisy), deep, OutputOptions.defaults().withBitDepth(16));

    List<Masks.Region> regions =
        Masks.of(threeRegions(), List.of(Images.read(palette), Images.read(deep))).regions();
    assertThat(Masks.of(Images.read(palette), List.of(threeRegions())).regions())
        .isEqualTo(regions);
    assertThat(Masks.of(Images.read(deep), List.of(threeRegions())).regions()).isEqualTo(regions);
  }

  @Test
  void whatIsTransparentIsWhite() {
    float[] alpha = new float[64 * 48];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = i % 64 < 16 ? 1 : i % 64 < 17 ? 0.3f : 0;
    }
    Masks masks = Masks.of(mask(64, RED, RED).withAlpha(alpha), List.of(mask(16, RED, 0xFFFFFF)));
    assertThat(masks.regions().get(0)).isEqualTo(new Masks.Region("#ffffff", 0.75));
    assertThat(masks.regions().get(1)).isEqualTo(new Masks.Region("#ff0000", 0.25));
  }

  @Test
  void thinRegionsAreRegionsAndLinesAreEdges() {
    for (int width = 1; width <= 4; width++) {
      int right = 20 + width;
      Image drawn = FlatPictures.image(64, 48, (x, y) -> x >= 20 && x < right ? RED : BLUE);
      assertThat(Masks.of(drawn, List.of(drawn)).regions()).hasSize(width < 3 ? 1 : 2);
    }
  }

  @Test
  void hatchedPicturesAreNoMasks() {
    Image hatched = FlatPictures.image(64, 48, (x, y) -> x % 2 == 0 ? RED : BLUE);
    assertRefused(() -> Masks.of(hatched, List.of(hatched)), "The content mask has", "flat");
  }

  @Test
  void aPhotographIsNoMask() {
    Image photograph = Image.of(64, 48, SyntheticImages.image(1, 48, 64));
    assertRefused(
        () -> Masks.of(photograph, List.of(mask(16, RED, BLUE))),
        "The content mask has more colours than regions can have",
        "at most 8 regions");
  }

  @Test
  void nineColoursAreTooManyAndEightAreNot() {
    Image eight = FlatPictures.image(72, 48, (x, y) -> Math.min(7, x / 9) * 36);
    Image nine = FlatPictures.image(72, 48, (x, y) -> x / 8 * 0x001C00 + x / 8 % 2 * 0xFF);
    assertThat(Masks.of(eight, List.of(eight)).regions()).hasSize(8);
    assertRefused(() -> Masks.of(nine, List.of(nine)), "at most 8 regions");
  }

  /** Thirds of the picture in these greys. */
  private static Image labels(int left, int middle, int right) {
    return FlatPictures.image(
        60, 48, (x, y) -> 0x010101 * (x < 20 ? left : x < 40 ? middle : right));
  }

  @Test
  void aMapOfLabelsHasARegionForEachLabel() {
    Masks masks = Masks.of(labels(0, 1, 255), List.of(labels(255, 0, 1)));
    assertThat(masks.regions())
        .extracting(Masks.Region::colour)
        .containsExactlyInAnyOrder("#000000", "#010101", "#ffffff");
    Dimensions size = new Dimensions(60, 48);
    for (int region = 0; region < 3; region++) {
      float[] content = masks.ofContent(size).get(region).values();
      float[] style = masks.ofStyle(0, size).get(region).values();
      for (int x = 0; x < 60; x += 20) {
        assertThat(style[x]).isEqualTo(content[(x + 40) % 60]);
      }
    }
    assertRefused(
        () -> Masks.of(labels(0, 1, 2), List.of(labels(0, 1, 3))),
        "The content mask has the colours",
        "#020202",
        "and the style mask",
        "#030303",
        "same colours");
  }

  @Test
  void masksOfOtherColoursAreRefusedWithTheColoursOfBoth() {
    assertRefused(
        () -> Masks.of(mask(16, RED, BLUE), List.of(mask(16, BLUE, BLUE))),
        "The content mask has the colours #0000ff, #ff0000 and the style mask #0000ff;",
        "same colours");
    assertRefused(
        () -> Masks.of(mask(16, RED, BLUE), List.of(mask(16, RED, BLUE), mask(16, RED, 0x00FF00))),
        "and the style mask 2 #00ff00, #ff0000;");
  }

  @Test
  void coloursThatAFileHasChangedALittleAreTheSame() {
    Masks masks = Masks.of(mask(16, RED, BLUE), List.of(mask(16, 0x0403FB, 0xF50402)));
    assertThat(masks.ofStyle(0, SIZE).get(0).values()[0]).isEqualTo(1);
  }

  private static void require(Masks masks, Recipe recipe, int width, int height) {
    masks.requireFor(recipe, new Dimensions(width, height), List.of(SIZE));
  }

  @Test
  void aMaskHasThePicturesSizeOrItsProportionsToAPixel() {
    Masks masks = Masks.of(mask(32, RED, BLUE), List.of(mask(32, RED, BLUE)));
    Recipe recipe = Recipe.quick();
    for (int[] size : new int[][] {{64, 48}, {640, 480}, {33, 25}, {979, 734}, {64, 47}}) {
      assertThatCode(() -> require(masks, recipe, size[0], size[1])).doesNotThrowAnyException();
    }
    for (int[] size : new int[][] {{48, 64}, {64, 45}, {64, 64}, {640, 440}}) {
      assertRefused(
          () -> require(masks, recipe, size[0], size[1]),
          "The content mask has 64x48 pixels",
          "proportions of the photograph with " + size[0] + "x" + size[1]);
    }
  }

  @Test
  void everyPaintingNeedsAMask() {
    Masks masks = Masks.of(mask(32, RED, BLUE), List.of(mask(32, RED, BLUE)));
    assertRefused(
        () -> masks.requireFor(Recipe.quick(), SIZE, List.of(SIZE, SIZE)),
        "2 paintings, but style masks for 1");
  }

  @Test
  void gaussianStylesHaveNoRegions() {
    Masks masks = Masks.of(mask(32, RED, BLUE), List.of(mask(32, RED, BLUE)));
    Recipe quick = Recipe.quick();
    Recipe recipe = quick.withStyle(quick.style().withForm(StyleForm.WASSERSTEIN));
    assertRefused(() -> require(masks, recipe, 64, 48), "wasserstein takes no masks", "relative");
  }

  @Test
  void aRegionThatPoolingDropsIsRefused() {
    // The last two of 66 columns are one of 33, which has no partner.
    Image edge = FlatPictures.image(66, 66, (x, y) -> x < 64 ? RED : BLUE);
    Masks masks = Masks.of(edge, List.of(mask(32, RED, BLUE)));
    Dimensions odd = new Dimensions(66, 66);
    Recipe shallow = Recipe.quick().withStyleLayers(Map.of(Vgg19Layer.CONV2_2, 1.0));
    Recipe deep = Recipe.quick().withStyleLayers(Map.of(Vgg19Layer.CONV3_1, 1.0));
    assertThatCode(() -> masks.requireFor(shallow, odd, List.of(SIZE))).doesNotThrowAnyException();
    assertRefused(
        () -> masks.requireFor(deep, odd, List.of(SIZE)),
        "The content mask's region #0000ff is too small",
        "66x66");
  }
}
