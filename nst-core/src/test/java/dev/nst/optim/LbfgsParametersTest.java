package dev.nst.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.optim.LbfgsParameters.LineSearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LbfgsParametersTest {

  @Test
  void theDefaultsAreThoseOfNeuralStyle() {
    assertThat(LbfgsParameters.defaults()).isEqualTo(new LbfgsParameters(1, 100, LineSearch.NONE));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aRateThatMovesNothingForwardIsRefused(double rate) {
    assertThatThrownBy(() -> new LbfgsParameters(rate, 10, LineSearch.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learning rate above 0, got " + rate);
  }

  @Test
  void anEmptyHistoryIsRefused() {
    assertThatThrownBy(() -> new LbfgsParameters(1, 0, LineSearch.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("history of at least 1, got 0");
  }
}
