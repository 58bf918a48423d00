package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {

  /** Of a machine with two cores. */
  private static final HelperThreads HELPERS = new HelperThreads("test", () -> 2);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void runsEveryIndexOnceInLoopAfterLoop(int threads) {
    try (WorkerPool pool = new WorkerPool(HELPERS, threads)) {
      for (int tasks = 0; tasks < 200; tasks++) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        pool.parallelFor(
            tasks,
            (index, worker) -> {
              assertThat(worker).isBetween(0, threads - 1);
              runs.incrementAndGet(index);
            });
        for (int i = 0; i < tasks; i++) {
          assertThat(runs.get(i)).isEqualTo(1);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void refusesANegativeNumberOfTasks(int threads) {
    try (WorkerPool pool = new WorkerPool(HELPERS, threads)) {
      assertThatThrownBy(() -> pool.parallelFor(-1, (index, worker) -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("-1");
    }
  }

  @Test
  void letsAllWorkersWorkAtOnceAndTellsThemApart() {
    int threads = 4;
    try (WorkerPool pool = new WorkerPool(HELPERS, threads)) {
      CountDownLatch allHere = new CountDownLatch(threads);
      Set<Integer> workers = new HashSet<>();
      Set<Thread> runners = new HashSet<>();
      pool.parallelFor(
          threads,
          (index, worker) -> {
            allHere.countDown();
            await(allHere);
            synchronized (workers) {
              workers.add(worker);
              runners.add(Thread.currentThread());
            }
          });
      assertThat(workers).containsExactlyInAnyOrder(0, 1, 2, 3);
      assertThat(runners).hasSize(threads).contains(Thread.currentThread());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void showsTheCallerWhatTheWorkersWrote() {
    try (WorkerPool pool = new WorkerPool(HELPERS, 3)) {
      int[] squares = new int[1000];
      pool.parallelFor(squares.length, (index, worker) -> squares[index] = index * index);
      for (int i = 0; i < squares.length; i++) {
        assertThat(squares[i]).isEqualTo(i * i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void throwsWhatATaskThrewAndGoesOn(int threads) {
    try (WorkerPool pool = new WorkerPool(HELPERS, threads)) {
      for (RuntimeException failure :
          new RuntimeException[] {new IllegalStateException("a"), new ArithmeticException("b")}) {
        assertThatThrownBy(
                () ->
                    pool.parallelFor(
                        100,
                        (index, worker) -> {
                          if (index == 37) {
                            throw failure;
                          }
                        }))
            .isSameAs(failure);
      }
      assertThatThrownBy(
              () ->
                  pool.parallelFor(
                      10,
                      (index, worker) -> {
                        throw new OutOfMemoryError("a test");
                      }))
          .isInstanceOf(OutOfMemoryError.class);
      AtomicInteger runs = new AtomicInteger();
      pool.parallelFor(10, (index, worker) -> runs.incrementAndGet());
      assertThat(runs).hasValue(10);
    }
  }

  @Test
  void keepsTheCallersInterruption() {
    try (WorkerPool pool = new WorkerPool(HELPERS, 2)) {
      Thread.currentThread().interrupt();
      AtomicInteger runs = new AtomicInteger();
      pool.parallelFor(50, (index, worker) -> runs.incrementAndGet());
      assertThat(runs).hasValue(50);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void refusesLoopsWhenClosed() {
    WorkerPool pool = new WorkerPool(HELPERS, 3);
    pool.close();
    pool.close();
    assertThatThrownBy(() -> pool.parallelFor(1, (index, worker) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void refusesALoopInALoopOfItsOwnAndGoesOn(int tasks) {
    try (WorkerPool pool = new WorkerPool(HELPERS, 2)) {
      assertThatThrownBy(
              () ->
                  pool.parallelFor(
                      tasks, (index, worker) -> pool.parallelFor(1, (inner, same) -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("one thread at a time");
      AtomicInteger runs = new AtomicInteger();
      pool.parallelFor(10, (index, worker) -> runs.incrementAndGet());
      assertThat(runs).hasValue(10);
    }
  }

  @Test
  void refusesToHaveNoThread() {
    assertThatThrownBy(() -> new WorkerPool(HELPERS, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
