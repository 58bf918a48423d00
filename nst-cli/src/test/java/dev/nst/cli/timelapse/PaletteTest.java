package dev.nst.cli.timelapse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.watch.TestRun;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PaletteTest {

  @Property(tries = 100)
  void hasFewColoursAndAnIndexForEveryPixel(
      @ForAll @Size(min = 1, max = 3000) int[] rgb,
      @ForAll @IntRange(min = 1, max = 60) int width) {
    Palette palette = Palette.of(rgb);
    assertThat(palette.size()).isBetween(1, Palette.MOST);
    byte[] indices = palette.dither(rgb, width);
    assertThat(indices).hasSameSizeAs(rgb);
    for (byte index : indices) {
      assertThat(index & 0xff).isLessThan(palette.size());
    }
  }

  @Test
  void keepsAFewColoursAsTheyAre() {
    int[] rgb = {0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0x000000, 0x808080, 0xff0000, 0x123456};
    Palette palette = Palette.of(rgb);
    byte[] indices = palette.dither(rgb, 4);
    for (int i = 0; i < rgb.length; i++) {
      assertThat(palette.colour(indices[i] & 0xff)).isEqualTo(rgb[i]);
    }
  }

  @Test
  void keepsTheMeanOfSmoothPartsByDithering() {
    int width = 256;
    int[] rgb = new int[width * 192];
    TestRun.picture(width, 192, 0)
        .toBufferedImage()
        .getRaster()
        .getDataElements(0, 0, width, 192, rgb);
    Palette palette = Palette.of(rgb);
    byte[] indices = palette.dither(rgb, width);
    for (int shift = 0; shift <= 16; shift += 8) {
      for (int block = 0; block < 12 * 16; block++) {
        int sum = 0;
        for (int i = 0; i < 256; i++) {
          int at = (block / 16 * 16 + i / 16) * width + block % 16 * 16 + i % 16;
          sum += (palette.colour(indices[at] & 0xff) >> shift & 0xff) - (rgb[at] >> shift & 0xff);
        }
        assertThat(sum / 256.0).as("block %d", block).isBetween(-3.0, 3.0);
      }
    }
  }
}
