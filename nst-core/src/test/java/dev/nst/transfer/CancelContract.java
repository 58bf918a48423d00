package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What becomes of a job that is told to stop. */
interface CancelContract extends OnSmallJob {

  @Test
  default void cancelBeforeTheRunReturnsTheContent() {
    try (StyleTransfer job = job(OnSmallJob.shallow(3))) {
      job.cancel();
      Image result = job.run(step -> assertThat(step).as("a step after cancel").isNull());
      float[] expected = CONTENT.toChw();
      float[] actual = result.toChw();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], within(1e-6f));
      }
    }
  }

  @Test
  default void cancelFromAnotherThreadReturnsThePictureReached() {
    List<Integer> heard = new ArrayList<>();
    AtomicReference<Image> reached = new AtomicReference<>();
    Image result;
    try (StyleTransfer job = job(OnSmallJob.shallow(1_000_000))) {
      result =
          job.run(
              step -> {
                heard.add(step.iteration());
                if (step.iteration() == 2) {
                  reached.set(step.image());
                  onAnotherThread(job::cancel);
                }
              });
    }
    assertThat(heard).containsExactly(0, 1, 2);
    assertThat(result.toChw()).isEqualTo(reached.get().toChw());
  }

  @Test
  default void cancelEndsARunWithoutAListener() throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (StyleTransfer job = job(OnSmallJob.shallow(1_000_000))) {
      Thread canceller =
          new Thread(
              () -> {
                pause(300);
                job.cancel();
                cancelled.countDown();
              });
      canceller.start();
      assertThat(job.run().dimensions()).isEqualTo(CONTENT.dimensions());
      cancelled.await();
    }
  }

  private static void onAnotherThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
