package dev.nst.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nst.NstException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackendOptionsTest {

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static final String POSSIBLE =
      PROCESSORS == 1
          ? "1, as this JVM may use 1 processor"
          : "from 1 to %1$d, as this JVM may use %1$d processors".formatted(PROCESSORS);

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
    for (int threads = 1; threads <= PROCESSORS; threads++) {
      System.setProperty(BackendOptions.THREADS_PROPERTY, " " + threads + " ");
      assertEquals(new BackendOptions(Optional.empty(), threads), BackendOptions.defaults());
    }
  }

  @Test
  void aPropertyThatTheMachineCannotMeetIsRefusedWithWhatIsPossible() {
    String tooMany = Integer.toString(PROCESSORS + 1);
    for (String value : new String[] {"0", "-2", "many", "1.5", "", tooMany, "99999999999"}) {
      System.setProperty(BackendOptions.THREADS_PROPERTY, value);
      NstException refusal = assertThrows(NstException.class, BackendOptions::defaults);
      assertEquals(
          "-Dnst.threads must be " + POSSIBLE + "; got '" + value + "'.", refusal.getMessage());
    }
  }

  @Test
  void fewerThanNoThreadsAndMoreThanTheProcessorsAreRefusedWithWhatIsPossible() {
    BackendOptions options = new BackendOptions(Optional.of(Precision.FP32), 0);
    for (int threads : new int[] {-1, PROCESSORS + 1, 1_000_000}) {
      NstException refusal = assertThrows(NstException.class, () -> options.withThreads(threads));
      assertEquals(
          "The number of threads must be " + POSSIBLE + "; got '" + threads + "'.",
          refusal.getMessage());
    }
    assertEquals(
        new BackendOptions(Optional.of(Precision.FP32), PROCESSORS),
        options.withThreads(PROCESSORS));
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
