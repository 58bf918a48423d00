package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class PaceTest {

  private long nanos;
  private int waits;

  private Pace pace(Runnable device) {
    Backend backend =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (self, method, arguments) -> {
                  assertThat(method.getName()).isEqualTo("synchronize");
                  waits++;
                  device.run();
                  return null;
                });
    return new Pace(backend, () -> nanos);
  }

  /**
   * Each iteration takes a device so long, which works on all that it was given when waited for.
   */
  private int waitsFor(int iterations, long each) {
    int[] given = {0};
    Pace pace =
        pace(
            () -> {
              nanos += given[0] * each;
              given[0] = 0;
            });
    for (int i = 0; i < iterations; i++) {
      given[0]++;
      pace.onIteration();
      assertThat(given[0] * each).isLessThanOrEqualTo(Math.max(each, 100_000_000));
    }
    return waits;
  }

  @Test
  void waitsAboutTenTimesASecondForAFastDevice() {
    // 5000 iterations of 3 ms are 15 s.
    assertThat(waitsFor(5000, 3_000_000)).isBetween(150, 170);
  }

  @Test
  void waitsAfterEveryLongIteration() {
    assertThat(waitsFor(20, 1_000_000_000)).isEqualTo(20);
  }

  @Test
  void growsSlowlyWithAClockThatStandsStill() {
    assertThat(waitsFor(1000, 0)).isEqualTo(9);
  }
}
