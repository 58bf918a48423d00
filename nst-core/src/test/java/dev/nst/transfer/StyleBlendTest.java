package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StyleBlendTest {

  @Test
  void sharesSumToOneWhateverTheWeightsDo() {
    assertThat(new StyleBlend(List.of(1.0, 3.0)).shares()).containsExactly(0.25, 0.75);
    assertThat(StyleBlend.equal(4).shares()).containsOnly(0.25).hasSize(4);
  }

  @Test
  void refusesWhatIsNoWeight() {
    for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new StyleBlend(List.of(1.0, weight)))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("at least 0, got " + weight);
    }
    assertThatThrownBy(() -> new StyleBlend(List.of(0.0, 0.0)))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("all 0");
  }

  @Test
  void refusesAnotherNumberOfPaintings() {
    assertThatThrownBy(() -> StyleBlend.equal(2).requireFor(3))
        .isInstanceOf(NstException.class)
        .hasMessage("The style blend has 2 weights for 3 paintings; give one weight for each.");
  }
}
