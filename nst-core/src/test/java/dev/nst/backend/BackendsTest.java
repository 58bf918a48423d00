package dev.nst.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.NstException;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackendsTest {

  /** A provider whose backend does nothing; it remembers the options it was opened with. */
  private static final class FakeProvider implements BackendProvider {
    private final String name;
    private final Availability answer;
    private final Backend backend =
        (Backend)
            Proxy.newProxyInstance(
                BackendsTest.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (proxy, method, arguments) -> null);
    private BackendOptions openedWith;
    private RuntimeException failure;

    FakeProvider(String name, Availability answer) {
      this.name = name;
      this.answer = answer;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int rank() {
      return 0;
    }

    @Override
    public Availability probe() {
      return answer;
    }

    @Override
    public Backend open(BackendOptions options) {
      openedWith = options;
      if (failure != null) {
        throw failure;
      }
      return backend;
    }
  }

  private static final BackendOptions OPTIONS = new BackendOptions(Optional.of(Precision.TF32), 1);

  private final FakeProvider gpu =
      new FakeProvider("gpu", new Unavailable("there is no GPU", "plug one in", true));
  private final FakeProvider fast = new FakeProvider("fast", new Available("four lanes"));
  private final FakeProvider slow = new FakeProvider("slow", new Available("one lane"));
  private final List<BackendProvider> byRank = List.of(gpu, fast, slow);

  private String propertyBefore;

  @BeforeEach
  void forgetTheProperty() {
    propertyBefore = System.getProperty(Backends.BACKEND_PROPERTY);
    System.clearProperty(Backends.BACKEND_PROPERTY);
  }

  @AfterEach
  void restoreTheProperty() {
    if (propertyBefore == null) {
      System.clearProperty(Backends.BACKEND_PROPERTY);
    } else {
      System.setProperty(Backends.BACKEND_PROPERTY, propertyBefore);
    }
  }

  private Backend open(String name) {
    return Backends.open(name, OPTIONS, byRank);
  }

  @Test
  void anAutomaticChoiceTakesTheFirstThatIsAvailable() {
    assertSame(fast.backend, open(Backends.AUTO));
    assertEquals(OPTIONS, fast.openedWith);
    assertEquals(null, slow.openedWith);
  }

  @Test
  void aNameWinsOverRankAndProperty() {
    System.setProperty(Backends.BACKEND_PROPERTY, "fast");
    assertSame(slow.backend, open("slow"));
    assertEquals(OPTIONS, slow.openedWith);
  }

  @Test
  void thePropertyWinsOverRank() {
    System.setProperty(Backends.BACKEND_PROPERTY, "slow");
    assertSame(slow.backend, open(Backends.AUTO));
  }

  @Test
  void thePropertyMayAskForAnAutomaticChoice() {
    System.setProperty(Backends.BACKEND_PROPERTY, Backends.AUTO);
    assertSame(fast.backend, open(Backends.AUTO));
  }

  @Test
  void anUnavailableBackendAskedForByNameIsAnErrorWithReasonAndRemedy() {
    NstException refusal = assertThrows(NstException.class, () -> open("gpu"));
    assertEquals(
        "Backend 'gpu' is unavailable: there is no GPU; plug one in.", refusal.getMessage());
  }

  @Test
  void anUnavailableBackendAskedForByPropertyIsTheSameError() {
    System.setProperty(Backends.BACKEND_PROPERTY, "gpu");
    NstException refusal = assertThrows(NstException.class, () -> open(Backends.AUTO));
    assertTrue(refusal.getMessage().contains("plug one in"), refusal.getMessage());
  }

  @Test
  void anUnknownNameIsAnErrorThatListsTheKnownOnes() {
    NstException refusal = assertThrows(NstException.class, () -> open("abacus"));
    assertTrue(refusal.getMessage().contains("'abacus'"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("auto, gpu, fast, slow"), refusal.getMessage());
  }

  @Test
  void withoutAnyProviderTheErrorSaysWhatToAdd() {
    NstException named =
        assertThrows(NstException.class, () -> Backends.open("cpu", OPTIONS, List.of()));
    assertTrue(named.getMessage().contains("nst-cpu"), named.getMessage());
    NstException automatic =
        assertThrows(NstException.class, () -> Backends.open(Backends.AUTO, OPTIONS, List.of()));
    assertTrue(automatic.getMessage().contains("nst-cpu"), automatic.getMessage());
  }

  @Test
  void whereNothingIsAvailableAnAutomaticChoiceIsAnError() {
    FakeProvider broken = new FakeProvider("broken", new Unavailable("it broke", "mend it", false));
    assertThrows(
        NstException.class, () -> Backends.open(Backends.AUTO, OPTIONS, List.of(gpu, broken)));
    assertEquals(null, broken.openedWith);
  }

  @Test
  void providersComeHighestRankFirst() {
    List<Integer> ranks = Backends.providers().stream().map(BackendProvider::rank).toList();
    for (int i = 1; i < ranks.size(); i++) {
      assertFalse(ranks.get(i - 1) < ranks.get(i), () -> "ranks in this order: " + ranks);
    }
  }

  @Test
  void anAutomaticChoicePassesOverABackendThatFailsToOpen() {
    fast.failure = new BackendFailure("its memory is taken");
    assertSame(slow.backend, Backends.open(Backends.AUTO, OPTIONS, List.of(fast, slow)));
    slow.failure = new BackendFailure("so is its");
    BackendFailure first =
        assertThrows(
            BackendFailure.class, () -> Backends.open(Backends.AUTO, OPTIONS, List.of(fast, slow)));
    assertSame(fast.failure, first);
    assertThrows(BackendFailure.class, () -> Backends.open("fast", OPTIONS, List.of(fast, slow)));
  }

  @Test
  void anAutomaticChoiceDoesNotPassOverABackendThatRefusesTheOptions() {
    fast.failure = new NstException("it has no such precision");
    NstException refusal =
        assertThrows(
            NstException.class, () -> Backends.open(Backends.AUTO, OPTIONS, List.of(fast, slow)));
    assertSame(fast.failure, refusal);
  }
}
