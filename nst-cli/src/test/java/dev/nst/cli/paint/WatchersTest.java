package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.TestShell;
import dev.nst.cli.watch.Moment;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.watch.TestRun;
import dev.nst.cli.watch.Watcher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchersTest {

  /** Notes what it hears; fails at one iteration, or never. */
  private static final class Notes implements Watcher {
    private final RuntimeException failure;
    private final int failsAt;
    private final List<String> heard = new ArrayList<>();

    Notes(int failsAt, RuntimeException failure) {
      this.failsAt = failsAt;
      this.failure = failure;
    }

    @Override
    public void onStep(Moment moment) {
      heard.add("step " + moment.done());
      if (moment.done() == failsAt) {
        throw failure;
      }
    }

    @Override
    public Optional<Path> finish(Outcome outcome) {
      heard.add("finish");
      return Optional.of(Path.of("notes"));
    }

    @Override
    public Optional<String> abandon() {
      heard.add("abandon");
      return Optional.of("Something is left.");
    }

    @Override
    public void close() {
      heard.add("close");
      if (failure != null) {
        throw new NstException("It does not close either.");
      }
    }
  }

  private final TestShell shell = new TestShell(Path.of("."));
  private final Scene scene = TestRun.scene(8, 8, 3);
  private final Notes good = new Notes(0, null);

  private Watchers watchers(Watcher... watchers) {
    return new Watchers(shell.shell(), List.of(watchers));
  }

  @Test
  void goOnWithoutThoseThatFail() {
    Notes bad = new Notes(2, new NstException("The disk is full."));
    Notes worse = new Notes(1, new IllegalStateException("oops"));
    try (Watchers watchers = watchers(bad, worse, good)) {
      watchers.begin(scene);
      for (int done = 1; done <= 3; done++) {
        watchers.onStep(TestRun.moment(scene, done));
      }
      watchers.finish(TestRun.outcome(scene, 3));
      assertThatThrownBy(watchers::requireNoFailure)
          .isInstanceOf(NstException.class)
          .hasMessageContaining("The disk is full.")
          .hasMessageContaining("oops")
          .hasMessageEndingWith("The picture itself was written.");
      // The run's end is reported as a failure, but it has a result.
      watchers.abandon();
    }
    assertThat(good.heard).containsExactly("step 1", "step 2", "step 3", "finish", "close");
    assertThat(bad.heard).containsExactly("step 1", "step 2", "close");
    assertThat(worse.heard).containsExactly("step 1", "close");
    assertThat(shell.out()).isEqualTo("Wrote notes.\n");
    assertThat(shell.err()).contains("Warning: It does not close either.");
  }

  @Test
  void sayWhatFailedBeforeTheRunDid() {
    try (Watchers watchers = watchers(new Notes(1, new NstException("The disk is full.")))) {
      watchers.onStep(TestRun.moment(scene, 1));
      watchers.abandon();
    }
    assertThat(shell.err()).contains("Warning: The disk is full.");
  }

  @Test
  void letTheRunEndWhenItsLossesAreNoNumbers() {
    NstException diverged = new NstException("The losses stopped being numbers.");
    Moment moment =
        new Moment(
            1,
            3,
            1,
            () -> {
              throw diverged;
            },
            () -> null);
    Watcher asks =
        new Watcher() {
          @Override
          public void onStep(Moment at) {
            at.losses();
          }
        };
    try (Watchers watchers = watchers(asks, good)) {
      assertThatThrownBy(() -> watchers.onStep(moment)).isSameAs(diverged);
      watchers.abandon();
      assertThatCode(watchers::requireNoFailure).doesNotThrowAnyException();
    }
    assertThat(good.heard).containsExactly("abandon", "close");
    assertThat(shell.out()).isEqualTo("Something is left.\n");
  }
}
