package dev.nst.cpu;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The worker numbers of one pool that helpers may have: each belongs to one helper at a time, from
 * taking it to giving it back. What one of them wrote the next sees.
 */
final class Seats {

  /** What {@link #take} answers when every number is taken. */
  static final int NONE = 0;

  private static final int FREE = 0;
  private static final int TAKEN = 1;

  private final AtomicIntegerArray seats;

  /** The numbers from 1 to {@code count}. */
  Seats(int count) {
    seats = new AtomicIntegerArray(count);
  }

  int count() {
    return seats.length();
  }

  /**
   * Takes a number in {@code [1, count]}: the same as last time if it is free, so that a helper
   * finds its workspace in its cache, and that helpers do not get into each other's way.
   *
   * @param helper who asks, counted from 1
   * @return the number, or {@link #NONE}
   */
  int take(int helper) {
    int count = seats.length();
    for (int i = 0; i < count; i++) {
      int seat = (helper - 1 + i) % count;
      if (seats.get(seat) == FREE && seats.compareAndSet(seat, FREE, TAKEN)) {
        return seat + 1;
      }
    }
    return NONE;
  }

  void giveBack(int worker) {
    seats.setRelease(worker - 1, FREE);
  }
}
