package dev.nst.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nst.NstException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContactSheetTest {

  private static Image plain(int width, int height, float value) {
    float[] chw = new float[3 * width * height];
    Arrays.fill(chw, value);
    return Image.of(width, height, chw);
  }

  @Test
  void laysPicturesRowByRowWithGapsOfWhite() {
    Image sheet =
        ContactSheet.of(List.of(plain(4, 4, 0), plain(8, 4, 0.5f), plain(2, 2, 0.25f)), 2, 4, 1);
    assertThat(sheet.dimensions()).isEqualTo(new Dimensions(1 + 4 + 1 + 8 + 1, 1 + 4 + 1 + 4 + 1));
    assertThat(sheet.get(0, 0, 0)).isEqualTo(1);
    assertThat(sheet.get(1, 1, 1)).isEqualTo(0);
    assertThat(sheet.get(1, 1, 5)).isEqualTo(1);
    assertThat(sheet.get(2, 4, 6)).isCloseTo(0.5f, within(1e-4f));
    assertThat(sheet.get(0, 5, 2)).isEqualTo(1);
    assertThat(sheet.get(0, 9, 4)).isCloseTo(0.25f, within(1e-4f));
    assertThat(sheet.get(0, 9, 6)).as("beyond a shorter row").isEqualTo(1);
  }

  @Test
  void bringsPicturesToOneHeightAndKeepsTheirShape() {
    Image sheet = ContactSheet.of(List.of(plain(20, 10, 0), plain(3, 6, 0)), 5, 8, 0);
    assertThat(sheet.dimensions()).isEqualTo(new Dimensions(16 + 4, 8));
  }

  @Test
  void refusesASheetOfNothing() {
    assertThatThrownBy(() -> ContactSheet.of(List.of(), 1, 8, 0))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("at least one picture");
  }
}
