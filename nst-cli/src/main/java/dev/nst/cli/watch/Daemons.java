package dev.nst.cli.watch;

import java.util.concurrent.ThreadFactory;

/** Threads that work beside a run and never keep the process alive. */
public final class Daemons {

  private Daemons() {}

  /** Returns a maker of threads of that name. */
  public static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
