package dev.nst.cpu;

import dev.nst.NstException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * The threads that help the callers of all {@linkplain WorkerPool pools}. They start when the first
 * pool joins and end when the last leaves; in between there are as many as the pools wish for, but
 * no more than {@code limit - 1}, where the limit is one thread for each physical core or the
 * workers of the largest pool, whichever is more.
 *
 * <p>Callers always work on their own loops. Helpers take the cores that are left: helper {@code k}
 * (from 1) begins an index only while {@code k} and the number of callers in a loop are together
 * within the limit, so that no more threads compute at once, except for the rest of an index that
 * was begun before one more caller came. Where several loops are open a helper takes an index of
 * each in turn.
 *
 * <p>A helper without work spins for {@value #SPIN_NANOS} ns, if no caller could use its core, and
 * then parks. Threads are daemons, for the sake of programs that forget to close a backend.
 *
 * <p>Loops are published by compare-and-set and taken without locks; the lock guards who has
 * joined.
 */
final class HelperThreads {

  /**
   * Between most kernels lie microseconds, between some a reduction or a copy of the caller alone:
   * waiting that long saves a wake-up. With 30 microseconds an iteration at 256x256 took 4 % more.
   */
  static final long SPIN_NANOS = 200_000;

  private static final Loop[] NONE = {};

  /**
   * The helpers of this JVM (of this class, where class loaders hold several). It is the one
   * mutable thing that backends share, which a bound on all of them together demands: it holds no
   * thread and no memory to speak of while no pool is open, and nothing of it shows in a result.
   */
  static final HelperThreads SHARED = new HelperThreads("nst-cpu", PhysicalCores::count);

  private final String name;
  private final IntSupplier cores;

  /** The workers of every pool that has joined; guarded by this. */
  private final List<Integer> wishes = new ArrayList<>();

  /** The loops whose callers are working on them; arrays are replaced, never changed. */
  private final AtomicReference<Loop[]> loops = new AtomicReference<>(NONE);

  /** Helper {@code k} is at {@code k - 1}; arrays are replaced, never changed. */
  private volatile Helper[] helpers = {};

  private volatile int limit = 1;

  /**
   * No threads yet.
   *
   * @param name prefix of their names
   * @param cores how many threads can compute at once, asked whenever a pool joins or leaves
   */
  HelperThreads(String name, IntSupplier cores) {
    this.name = name;
    this.cores = cores;
  }

  /**
   * Counts a pool in and starts the helpers that are missing.
   *
   * @param workers of the pool, its caller included
   * @throws NstException if the system cannot start so many
   */
  void join(int workers) {
    List<Helper> dismissed = List.of();
    OutOfMemoryError failure = null;
    synchronized (this) {
      int before = helpers.length;
      wishes.add(workers);
      try {
        dismissed = resize(countWanted());
      } catch (OutOfMemoryError e) {
        failure = e;
        wishes.remove(Integer.valueOf(workers));
        dismissed = resize(Math.min(before, countWanted()));
      }
    }
    awaitEnd(dismissed);
    if (failure != null) {
      throw new NstException(
          "The system has no room for " + workers + " threads; ask for fewer.", failure);
    }
  }

  /**
   * Takes back one {@link #join}; returns when the helpers that nobody needs any more are gone,
   * unless a helper calls it.
   */
  void leave(int workers) {
    List<Helper> dismissed;
    synchronized (this) {
      wishes.remove(Integer.valueOf(workers));
      dismissed = resize(countWanted());
    }
    awaitEnd(dismissed);
  }

  /** Sets the limit for those who have joined and returns how many helpers they want within it. */
  private int countWanted() {
    int helpersOfAll = 0;
    for (int workers : wishes) {
      helpersOfAll += workers - 1;
    }
    int largest = wishes.isEmpty() ? 1 : Collections.max(wishes);
    limit = Math.max(largest, cores.getAsInt());
    return Math.min(helpersOfAll, limit - 1);
  }

  /** Starts or dismisses helpers, of the highest numbers, and returns those that were dismissed. */
  private List<Helper> resize(int count) {
    Helper[] before = helpers;
    for (int present = before.length; present < count; present++) {
      Helper helper = new Helper(present + 1);
      helper.start();
      Helper[] more = Arrays.copyOf(helpers, present + 1);
      more[present] = helper;
      helpers = more;
    }
    if (before.length <= count) {
      return List.of();
    }
    helpers = Arrays.copyOf(before, count);
    List<Helper> dismissed = List.of(before).subList(count, before.length);
    dismissed.forEach(Helper::dismiss);
    return dismissed;
  }

  /** Waits for them, without the lock, as the last task of one may be to open or close a pool. */
  private static void awaitEnd(List<Helper> dismissed) {
    if (Thread.currentThread() instanceof Helper) {
      // It would wait for itself, or for one that waits for it.
      return;
    }
    boolean interrupted = false;
    for (Helper helper : dismissed) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opens a loop to helpers and calls those who are free; its caller goes on to work on it. */
  void offer(Loop loop) {
    int open = loops.updateAndGet(others -> with(others, loop)).length;
    Helper[] present = helpers;
    int allowed = Math.min(present.length, limit - open);
    int wanted = loop.helpersWanted();
    for (int i = 0; i < allowed && wanted > 0; i++) {
      if (present[i].comes()) {
        wanted--;
      }
    }
  }

  /** Closes a loop to helpers; those who are in an index finish it. */
  void withdraw(Loop loop) {
    loops.updateAndGet(open -> without(open, loop));
  }

  /** Returns whether no caller is working on a loop. */
  boolean haveNothingToDo() {
    return loops.get().length == 0;
  }

  private static Loop[] with(Loop[] some, Loop another) {
    Loop[] all = Arrays.copyOf(some, some.length + 1);
    all[some.length] = another;
    return all;
  }

  private static Loop[] without(Loop[] all, Loop one) {
    if (all.length == 1) {
      return NONE;
    }
    Loop[] rest = new Loop[all.length - 1];
    int count = 0;
    for (Loop loop : all) {
      if (loop != one) {
        rest[count++] = loop;
      }
    }
    return rest;
  }

  private enum Activity {
    WAITING,
    WORKING,
    PARKED
  }

  private final class Helper extends Thread {

    private final int number;
    private final AtomicReference<Activity> activity = new AtomicReference<>(Activity.WAITING);
    private volatile boolean dismissed;
    private int turn;

    Helper(int number) {
      // Nothing of the program that happens to open the first backend is to live on in the thread.
      super(null, null, name + "-" + number, 0, false);
      this.number = number;
      setContextClassLoader(HelperThreads.class.getClassLoader());
      setPriority(NORM_PRIORITY);
      setDaemon(true);
    }

    void dismiss() {
      dismissed = true;
      LockSupport.unpark(this);
    }

    /**
     * Returns whether this helper looks for a loop that is open now, after waking it if need be.
     */
    boolean comes() {
      Activity now = activity.get();
      if (now == Activity.PARKED && activity.compareAndSet(Activity.PARKED, Activity.WAITING)) {
        LockSupport.unpark(this);
        return true;
      }
      return now != Activity.WORKING;
    }

    @Override
    public void run() {
      long idleSince = System.nanoTime();
      while (!dismissed) {
        if (help()) {
          idleSince = System.nanoTime();
        } else if (hasCore(loops.get()) && System.nanoTime() - idleSince < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          park();
          idleSince = System.nanoTime();
        }
      }
    }

    private boolean hasCore(Loop[] open) {
      return number + open.length <= limit;
    }

    /** Works for a while, if there is something to do. */
    private boolean help() {
      Loop[] open = loops.get();
      if (!hasCore(open)) {
        return false;
      }
      for (int i = 0; i < open.length; i++) {
        turn = (turn + 1) % open.length;
        Loop loop = open[turn];
        int worker = loop.hasWork() ? loop.seats().take(number) : Seats.NONE;
        if (worker != Seats.NONE) {
          activity.setRelease(Activity.WORKING);
          work(loop, worker, open);
          activity.setRelease(Activity.WAITING);
          return true;
        }
      }
      return false;
    }

    /** Takes one index, and more as long as no other loop is open. */
    private void work(Loop loop, int worker, Loop[] open) {
      boolean more = true;
      while (more) {
        more = loop.runNext(worker) && open.length == 1 && loops.get() == open && !dismissed;
      }
      loop.seats().giveBack(worker);
      // A task that left its thread interrupted would keep it from parking.
      interrupted();
    }

    private void park() {
      activity.set(Activity.PARKED);
      // Whoever offers a loop from here on wakes this thread; what was offered before, it sees.
      if (!dismissed && !help()) {
        LockSupport.park(HelperThreads.this);
      }
      activity.set(Activity.WAITING);
    }
  }
}
