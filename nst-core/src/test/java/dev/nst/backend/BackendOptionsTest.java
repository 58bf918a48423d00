package dev.nst.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.NstException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackendOptionsTest {

  private String propertyBefore;

  @BeforeEach
  void rememberTheProperty() {
    propertyBefore = System.getProperty(BackendOptions.THREADS_PROPERTY);
  }

  @AfterEach
  void restoreTheProperty() {
    if (propertyBefore == null) {
      System.clearProperty(BackendOptions.THREADS_PROPERTY);
    } else {
      System.setProperty(BackendOptions.THREADS_PROPERTY, propertyBefore);
    }
  }

  @Test
  void defaultsLeaveThePrecisionToTheBackendAndTakeAThreadForEachCore() {
    System.clearProperty(BackendOptions.THREADS_PROPERTY);
    assertEquals(new BackendOptions(Optional.empty(), 0), BackendOptions.defaults());
  }

  @Test
  void thePropertyChoosesTheThreads() {
    System.setProperty(BackendOptions.THREADS_PROPERTY, " 3 ");
    assertEquals(new BackendOptions(Optional.empty(), 3), BackendOptions.defaults());
  }

  @Test
  void aPropertyThatIsNoPositiveWholeNumberIsRefusedAndShown() {
    for (String value : new String[] {"0", "-2", "many", "1.5", "", "1000000", "99999999999"}) {
      System.setProperty(BackendOptions.THREADS_PROPERTY, value);
      NstException refusal = assertThrows(NstException.class, BackendOptions::defaults);
      assertTrue(refusal.getMessage().contains("'" + value + "'"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("-Dnst.threads"), refusal.getMessage());
    }
  }

  @Test
  void fewerThanNoThreadsAndAbsurdlyManyAreRefused() {
    BackendOptions options = new BackendOptions(Optional.of(Precision.FP32), 0);
    assertThrows(NstException.class, () -> options.withThreads(-1));
    assertThrows(NstException.class, () -> options.withThreads(1_000_000));
    assertEquals(new BackendOptions(Optional.of(Precision.FP32), 1024), options.withThreads(1024));
    assertEquals(new BackendOptions(Optional.of(Precision.FP32), 7), options.withThreads(7));
  }

  @Test
  void aPrecisionIsFoundByItsNameInCapitalsOrNot() {
    assertEquals(Precision.BF16, Precision.of("bf16"));
    assertEquals(Precision.TF32, Precision.of("TF32"));
    NstException refusal = assertThrows(NstException.class, () -> Precision.of("fp8"));
    assertEquals(
        "There is no precision 'fp8'; choose one of fp32, tf32, bf16, fp16.", refusal.getMessage());
    for (Precision precision : Precision.values()) {
      assertEquals(precision, Precision.of(precision.label()));
    }
  }
}
