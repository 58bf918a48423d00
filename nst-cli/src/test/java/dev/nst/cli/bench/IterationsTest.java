package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.RecordingBackend;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleTransfer;
import org.junit.jupiter.api.Test;

class IterationsTest {

  private static StyleTransfer job(Vgg19 vgg, int iterations) {
    Image picture = Image.of(32, 32, new float[3 * 32 * 32]);
    return StyleTransfer.on(vgg)
        .content(picture)
        .style(picture)
        .recipe(Recipe.gatys().withIterations(iterations))
        .build();
  }

  private static Backend open() {
    return Backends.open("cpu-vector", BackendOptions.defaults());
  }

  @Test
  void runsAsManyAsAreAskedForAndGivesBackTheMemoryInTheEnd() {
    try (Backend real = open()) {
      RecordingBackend recording = new RecordingBackend(real);
      long held;
      try (Vgg19 vgg = Vgg19.of(recording.backend(), SyntheticWeights.source())) {
        StyleTransfer job = job(vgg, Integer.MAX_VALUE);
        try (Iterations iterations = new Iterations(recording.backend(), job)) {
          assertThat(iterations.run(1)).isPositive();
          assertThat(iterations.run(3)).isPositive();
          held = recording.reservedBytes();
        }
        assertThat(recording.reservedBytes()).isEqualTo(vgg.preparedBytes()).isLessThan(held);
      }
    }
  }

  @Test
  void canBeClosedWithoutHavingRun() {
    try (Backend backend = open();
        Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source())) {
      new Iterations(backend, job(vgg, 10)).close();
      assertThat(vgg.preparedBytes()).isZero();
    }
  }

  @Test
  void handsOnTheFailureOfAJob() {
    try (Backend backend = open();
        Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source());
        StyleTransfer job = job(vgg, 1)) {
      job.run();
      try (Iterations iterations = new Iterations(backend, job)) {
        assertThatThrownBy(() -> iterations.run(1))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("runs once");
      }
    }
  }
}
