package dev.nst.cli.preview;

import dev.nst.cli.watch.Scene;

/**
 * Hands the latest news of a run to any number of threads that pass them on to browsers. Whoever is
 * slow misses what was replaced in the meantime, and never holds up the run.
 */
final class Feed {

  /**
   * What is known.
   *
   * @param version grows by one with everything new
   * @param scene null until painting begins
   * @param picture the latest picture as a JPEG, or null
   * @param over whether this is the last
   */
  record News(long version, State state, Scene scene, byte[] picture, boolean over) {}

  private News latest = new News(1, State.settingUp(), null, null, false);

  synchronized void publish(Scene scene) {
    replace(latest.state, scene, latest.picture, latest.over);
  }

  synchronized void publish(State state) {
    replace(state, latest.scene, latest.picture, latest.over);
  }

  synchronized void publish(byte[] jpeg) {
    replace(latest.state, latest.scene, jpeg, latest.over);
  }

  /** Says that nothing will follow. */
  synchronized void end() {
    replace(latest.state, latest.scene, latest.picture, true);
  }

  private void replace(State state, Scene scene, byte[] picture, boolean over) {
    latest = new News(latest.version + 1, state, scene, picture, over);
    notifyAll();
  }

  synchronized News latest() {
    return latest;
  }

  /**
   * Waits for something new.
   *
   * @param seen version of the latest news known, 0 for none
   * @param millis to wait at most
   * @return the latest news, which are not new if nothing came in time
   */
  synchronized News await(long seen, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (latest.version == seen && left > 0) {
      wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
    return latest;
  }
}
