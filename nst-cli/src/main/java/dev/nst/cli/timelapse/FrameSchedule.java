package dev.nst.cli.timelapse;

/**
 * Says which iterations of a run become frames. A picture changes most at the beginning, so frame
 * {@code k} of {@code n} is that of iteration {@code iterations (k / (n - 1))^2}: the square root
 * of the iterations passes evenly, as in a film whose time runs faster and faster. Where that would
 * name an iteration twice, every iteration becomes a frame. The last frame is the run's result,
 * which is not in here.
 */
final class FrameSchedule {

  private final int frames;
  private final int iterations;
  private int next = 1;
  private int frame;

  /**
   * Plans a film.
   *
   * @param frames at most, with the result, at least 2
   * @param iterations of the run
   */
  FrameSchedule(int frames, int iterations) {
    this.frames = frames;
    this.iterations = iterations;
  }

  /**
   * Returns whether an iteration is a frame; to be asked once for each.
   *
   * @param done iterations finished
   */
  boolean isDue(int done) {
    if (done < next || done >= iterations || frame == frames - 1) {
      return false;
    }
    frame++;
    double part = frame / (frames - 1.0);
    next = Math.max(done + 1, (int) Math.round(iterations * part * part));
    return true;
  }
}
