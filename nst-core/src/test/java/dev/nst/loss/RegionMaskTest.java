package dev.nst.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withPrecision;

import dev.nst.NstException;
import org.junit.jupiter.api.Test;

class RegionMaskTest {

  @Test
  void poolingTakesMeansAndDropsAnOddEdge() {
    float[] values = {1, 0, 1, 1, 0.5f, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    RegionMask pooled = new RegionMask(5, 4, values).pooled(1);
    assertThat(pooled.width()).isEqualTo(2);
    assertThat(pooled.height()).isEqualTo(2);
    assertThat(pooled.values()).containsExactly(0.75f, 0.75f, 0.5f, 1);
    assertThat(pooled.sum()).isEqualTo(3);
  }

  @Test
  void noPoolingLeavesTheMaskAsItIs() {
    RegionMask mask = new RegionMask(2, 1, new float[] {0.25f, 1});
    assertThat(mask.pooled(0).values()).containsExactly(0.25f, 1);
  }

  @Test
  void valuesOfAnotherNumberOrRangeAreRefused() {
    assertThatThrownBy(() -> new RegionMask(2, 2, new float[3]))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("2 x 2 needs as many values, got 3");
    for (float value : new float[] {-0.5f, 1.5f, Float.NaN}) {
      assertThatThrownBy(() -> new RegionMask(1, 1, new float[] {value}))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("between 0 and 1, got " + value);
    }
  }

  @Test
  void aRegionOfWhichNothingIsLeftIsRefused() {
    assertThatThrownBy(() -> new RegionMask(2, 2, new float[4]).sum())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("Nothing of a region is left")
        .hasMessageContaining("2 x 2 positions");
  }

  @Test
  void anotherSizeTakesMeansOfWhatItCovers() {
    RegionMask mask = new RegionMask(3, 2, new float[] {1, 0, 1, 1, 1, 0});
    assertThat(mask.resized(2, 1).values())
        .containsExactly(new float[] {5 / 6f, 0.5f}, withPrecision(1e-6f));
    assertThat(mask.resized(6, 2).values()).containsExactly(1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0);
    assertThat(mask.resized(3, 2).values()).isEqualTo(mask.values());
  }

  @Test
  void aMaskOfEverythingIsOneOfEverythingAtEverySize() {
    float[] ones = new float[37 * 23];
    java.util.Arrays.fill(ones, 1);
    RegionMask mask = new RegionMask(37, 23, ones);
    for (int size = 1; size < 90; size++) {
      assertThat(mask.resized(size, 90 - size).values()).containsOnly(1);
    }
  }
}
