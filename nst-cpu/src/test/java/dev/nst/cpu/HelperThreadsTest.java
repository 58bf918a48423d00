package dev.nst.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What pools do to each other: helpers are shared, bounded and gone in the end. */
@Timeout(60)
class HelperThreadsTest {

  private static HelperThreads helpersOf(int cores) {
    return new HelperThreads("sharing", () -> cores);
  }

  private static Set<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sharing-"))
        .collect(Collectors.toSet());
  }

  /** Waits without being parked, which is what tests want to see of helpers that do nothing. */
  private static void await(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      spin();
    }
  }

  private static void untilParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      spin();
    }
  }

  private static void spin() {
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("interrupted, by the test's time limit");
    }
    Thread.onSpinWait();
  }

  /** A thread that hands on what it threw. */
  private static final class Caller {
    private final Thread thread;
    private Throwable thrown;

    Caller(Runnable work) {
      thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (Throwable e) {
                  thrown = e;
                }
              },
              "caller");
      thread.start();
    }

    void join() throws InterruptedException {
      thread.join();
      assertThat(thrown).isNull();
    }
  }

  @Test
  void startWithTheFirstPoolAndEndWithTheLast() {
    HelperThreads helpers = helpersOf(3);
    assertThat(running()).isEmpty();
    WorkerPool first = new WorkerPool(helpers, 3);
    Set<Thread> threads = running();
    assertThat(threads).hasSize(2).allMatch(Thread::isDaemon);
    WorkerPool second = new WorkerPool(helpers, 3);
    first.close();
    first.close();
    assertThat(running()).isEqualTo(threads);
    second.close();
    assertThat(threads).noneMatch(Thread::isAlive);
    try (WorkerPool again = new WorkerPool(helpers, 2)) {
      again.parallelFor(2, (index, worker) -> {});
      assertThat(running()).hasSize(1).doesNotContainAnyElementsOf(threads);
    }
  }

  @Test
  void areNoMoreThanTheCoresOrTheLargestPoolNeed() {
    HelperThreads helpers = helpersOf(4);
    List<WorkerPool> pools = new ArrayList<>();
    int[] expected = {0, 1, 2, 3, 3};
    pools.add(new WorkerPool(helpers, 1));
    for (int count : expected) {
      assertThat(running()).hasSize(count);
      pools.add(new WorkerPool(helpers, 2));
    }
    try (WorkerPool large = new WorkerPool(helpers, 7)) {
      assertThat(running()).hasSize(6);
      assertThat(large.threads()).isEqualTo(7);
    }
    assertThat(running()).hasSize(3);
    pools.forEach(WorkerPool::close);
    assertThat(running()).isEmpty();
  }

  @Test
  void giveEveryPoolItsOwnWorkerNumbersEachToOneThreadAtATime() throws InterruptedException {
    HelperThreads helpers = helpersOf(4);
    List<Caller> callers = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3, 5, 5}) {
      callers.add(new Caller(() -> runLoops(helpers, threads)));
    }
    for (Caller caller : callers) {
      caller.join();
    }
    assertThat(running()).isEmpty();
  }

  /** Opens pools and runs loops whose workspaces are not safe for use by two threads at once. */
  private static void runLoops(HelperThreads helpers, int threads) {
    for (int round = 0; round < 30; round++) {
      try (WorkerPool pool = new WorkerPool(helpers, threads)) {
        AtomicIntegerArray busy = new AtomicIntegerArray(threads);
        long[] sums = new long[threads];
        for (int loop = 0; loop < 60; loop++) {
          pool.parallelFor(
              loop,
              (index, worker) -> {
                assertThat(busy.getAndSet(worker, 1)).isZero();
                sums[worker] += index;
                busy.set(worker, 0);
              });
        }
        long sum = 0;
        for (long some : sums) {
          sum += some;
        }
        // Of n(n-1)/2 for n from 0 to 59.
        assertThat(sum).isEqualTo(60 * 59 * 58 / 6);
      }
    }
  }

  @Test
  void leaveTheCoresToAsManyCallersAndComeBackAfterwards() throws InterruptedException {
    HelperThreads helpers = helpersOf(2);
    CountDownLatch helped = new CountDownLatch(1);
    CountDownLatch inLoop = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicInteger helps = new AtomicInteger();
    try (WorkerPool pool = new WorkerPool(helpers, 2);
        WorkerPool single = new WorkerPool(helpers, 1)) {
      Thread helper = running().iterator().next();
      Caller other = new Caller(() -> staysInALoop(single, helped, inLoop, leave));
      pool.parallelFor(
          100,
          (index, worker) -> {
            if (Thread.currentThread() == helper) {
              helps.incrementAndGet();
              helped.countDown();
              await(inLoop);
            } else {
              await(inLoop);
              untilParked(helper);
            }
          });
      for (int loop = 0; loop < 100; loop++) {
        pool.parallelFor(
            50, (index, worker) -> helps.addAndGet(Thread.currentThread() == helper ? 1 : 0));
      }
      assertThat(helps).as("indices of the helper, begun beside one caller").hasValue(1);
      leave.countDown();
      other.join();
      onAHelper(pool, helps::incrementAndGet);
      assertThat(helps).hasValue(2);
    }
  }

  private static void staysInALoop(
      WorkerPool pool, CountDownLatch begin, CountDownLatch inLoop, CountDownLatch leave) {
    await(begin);
    pool.parallelFor(
        2,
        (index, worker) -> {
          inLoop.countDown();
          await(leave);
        });
  }

  @Test
  void takeAnIndexOfEachOpenLoopInTurn() throws InterruptedException {
    HelperThreads helpers = helpersOf(3);
    CountDownLatch bothOpen = new CountDownLatch(2);
    CountDownLatch enough = new CountDownLatch(12);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    try (WorkerPool pool = new WorkerPool(helpers, 2);
        WorkerPool otherPool = new WorkerPool(helpers, 2)) {
      // Beside two callers one of the two helpers has a core; the first loop wakes only that one.
      running().forEach(HelperThreadsTest::untilParked);
      Caller first = new Caller(() -> inTurn(pool, "a", bothOpen, enough, order));
      Caller second = new Caller(() -> inTurn(otherPool, "b", bothOpen, enough, order));
      first.join();
      second.join();
    }
    // The helper may have begun an index of one loop before the other was open.
    for (int i = 2; i < 12; i++) {
      assertThat(order.get(i)).as("%d of %s", i, order).isNotEqualTo(order.get(i - 1));
    }
  }

  /** Runs a loop whose caller waits in an index while the helper goes on. */
  private static void inTurn(
      WorkerPool pool,
      String name,
      CountDownLatch open,
      CountDownLatch enough,
      List<String> order) {
    Thread caller = Thread.currentThread();
    pool.parallelFor(
        100,
        (index, worker) -> {
          if (Thread.currentThread() == caller) {
            open.countDown();
            await(enough);
          } else {
            await(open);
            order.add(name);
            enough.countDown();
          }
        });
  }

  @Test
  void serveLoopsOfOtherPoolsInsideALoop() {
    HelperThreads helpers = helpersOf(4);
    AtomicInteger runs = new AtomicInteger();
    try (WorkerPool outer = new WorkerPool(helpers, 3)) {
      outer.parallelFor(
          40,
          (index, worker) -> {
            try (WorkerPool inner = new WorkerPool(helpers, 4)) {
              inner.parallelFor(20, (i, w) -> runs.incrementAndGet());
            }
          });
    }
    assertThat(runs).hasValue(40 * 20);
    // A helper that closes a pool does not wait for those that it dismisses.
    for (Thread dismissed : running()) {
      while (dismissed.isAlive()) {
        spin();
      }
    }
  }

  @Test
  void endEvenIfOneOfThemClosesTheLastPool() throws InterruptedException {
    WorkerPool pool = new WorkerPool(helpersOf(2), 2);
    Thread helper = running().iterator().next();
    onAHelper(pool, pool::close);
    helper.join();
  }

  @Test
  void parkWhenIdleEvenIfATaskLeftThemInterrupted() {
    try (WorkerPool pool = new WorkerPool(helpersOf(2), 2)) {
      Thread helper = running().iterator().next();
      onAHelper(pool, () -> {});
      untilParked(helper);
      onAHelper(pool, helper::interrupt);
      untilParked(helper);
      assertThat(helper.isInterrupted()).isFalse();
    }
  }

  /** Runs a loop of a pool of two, and {@code work} in the helper's index. */
  private static void onAHelper(WorkerPool pool, Runnable work) {
    Thread caller = Thread.currentThread();
    CountDownLatch bothHere = new CountDownLatch(2);
    pool.parallelFor(
        2,
        (index, worker) -> {
          bothHere.countDown();
          await(bothHere);
          if (Thread.currentThread() != caller) {
            work.run();
          }
        });
  }

  @Test
  void keepNothingOfTheThreadThatOpenedThePool() throws InterruptedException {
    InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
    List<Object> seen = new ArrayList<>();
    Caller opener =
        new Caller(
            () -> {
              local.set("of the opener");
              Thread.currentThread().setContextClassLoader(new ClassLoader() {});
              Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
              try (WorkerPool pool = new WorkerPool(helpersOf(2), 2)) {
                onAHelper(
                    pool,
                    () -> {
                      seen.add(Thread.currentThread().getContextClassLoader());
                      seen.add(Thread.currentThread().getPriority());
                      seen.add("local: " + local.get());
                    });
              }
            });
    opener.join();
    assertThat(seen)
        .containsExactly(HelperThreads.class.getClassLoader(), Thread.NORM_PRIORITY, "local: null");
  }
}
