package dev.nst.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckOptionsTest {

  @Test
  void travelToAStepUnchanged() {
    CheckOptions options = CheckOptions.parse("--quick", "--sizes", "64,96", "--only", "speed");
    CheckOptions arrived = CheckOptions.parse(options.arguments().toArray(String[]::new));
    assertThat(arrived.sizes()).containsExactly(64, 96);
    assertThat(arrived.parts()).containsExactly("speed");
    assertThat(arrived.integer("rounds")).isEqualTo(3);
  }

  @Test
  void compareAtTheSizeNearestTo512InTheBestPrecision() {
    assertThat(CheckOptions.parse().comparedSize()).isEqualTo(512);
    assertThat(CheckOptions.parse("--sizes", "64,96").comparedSize()).isEqualTo(96);
    assertThat(CheckOptions.parse().best()).isEqualTo(Precision.BF16);
    assertThat(CheckOptions.parse("--precisions", "fp32").best()).isEqualTo(Precision.FP32);
  }

  @Test
  void areRefusedIfTheyMakeNoSense() {
    for (String[] wrong :
        new String[][] {
          {"--nonsense", "1"},
          {"speed"},
          {"--sizes"},
          {"--sizes", "big"},
          {"--only", "spede"},
          {"--precisions", "fp8"},
          {"--rounds", "few"}
        }) {
      assertThatThrownBy(() -> CheckOptions.parse(wrong))
          .as(String.join(" ", wrong))
          .isInstanceOf(RuntimeException.class)
          .message()
          .isNotBlank();
    }
  }

  @Test
  void rowsTravelBackWithWhatTheySay() {
    Row row =
        Row.judged("speed", "bf16 512", true, "two\nlines\tand a tab", Map.of("ratio", 1.5))
            .withSeconds(2);
    Row back = Row.decode(row.encode()).orElseThrow();
    assertThat(back).isEqualTo(row);
    assertThat(back.detail()).isEqualTo("two lines and a tab");
    assertThat(back.status()).isEqualTo(Status.OK);
  }

  @Test
  void halfARowCountsAsNone() {
    String whole = Row.of("speed", "bf16 512", Status.FAILED, "why").encode();
    assertThat(Row.decode(whole.substring(0, 12))).isEmpty();
    assertThat(Row.decode(whole + "\tratio=")).isEmpty();
    assertThat(Row.decode("")).isEmpty();
  }
}
