package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.Replay;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One painting job: optimises a copy of the photograph until its VGG-19 features match the
 * photograph's content and the painting's style (Gatys, Ecker, Bethge 2015, section "Methods").
 *
 * <pre>{@code
 * try (StyleTransfer job = StyleTransfer.on(vgg).content(photo).style(painting).build()) {
 *   Images.write(job.run(), output);
 * }
 * }</pre>
 *
 * <p>A job runs once. All methods but {@link #cancel} belong to one thread.
 */
public final class StyleTransfer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StyleTransfer.class);

  /** After so many iterations the losses are looked at even if no listener asks for them. */
  private static final int ITERATIONS_UNCHECKED = 100;

  private final Vgg19 vgg;
  private final Recipe recipe;
  private final Image content;
  private final Image style;
  private final MemoryPlan plan;
  private final long peakBytes;
  private volatile boolean cancelled;
  private boolean started;

  private StyleTransfer(Builder builder) {
    vgg = builder.vgg;
    recipe = builder.recipe;
    content = requirePicture("content", builder.content);
    style = requirePicture("style", builder.style);
    plan = new MemoryPlan(vgg.backend(), recipe, content.dimensions(), style.dimensions());
    peakBytes = plan.peakBytes();
  }

  private static Image requirePicture(String role, Image image) {
    if (image == null) {
      throw new IllegalStateException(
          "a style transfer needs a " + role + " picture before build()");
    }
    if (Math.min(image.width(), image.height()) < Vgg19.SMALLEST_EDGE) {
      throw new NstException(
          "The "
              + role
              + " picture is "
              + image.dimensions()
              + " pixels, but VGG-19 needs at least "
              + Vgg19.SMALLEST_EDGE
              + " in each direction; choose a larger size.");
    }
    return image;
  }

  /**
   * Starts describing a job that uses {@code vgg} and its backend; the caller closes both
   * afterwards.
   */
  public static Builder on(Vgg19 vgg) {
    return new Builder(vgg);
  }

  /** Describes a job. */
  public static final class Builder {
    private final Vgg19 vgg;
    private Recipe recipe = Recipe.quick();
    private Image content;
    private Image style;

    private Builder(Vgg19 vgg) {
      this.vgg = Objects.requireNonNull(vgg, "vgg");
    }

    /**
     * Sets the photograph, which the run starts from and whose size the result has. It is taken as
     * it is; {@code Images.read(path, size)} and {@code Resize.shortEdge} bring it to a recipe's
     * size. Where it is transparent, white is painted, and the result has its alpha.
     */
    public Builder content(Image picture) {
      content = picture;
      return this;
    }

    /** Sets the painting, taken at the size it has; white where it is transparent. */
    public Builder style(Image picture) {
      style = picture;
      return this;
    }

    /** Sets the recipe; {@link Recipe#quick} unless called. */
    public Builder recipe(Recipe newRecipe) {
      recipe = Objects.requireNonNull(newRecipe, "recipe");
      return this;
    }

    /**
     * Returns the job, not yet started.
     *
     * @throws IllegalStateException if a picture is missing
     * @throws NstException if a picture is too small, or larger than the backend can work on
     */
    public StyleTransfer build() {
      return new StyleTransfer(this);
    }
  }

  /**
   * Returns the bytes of tensors, filters and workspaces that the run takes at its peak, computed
   * beforehand.
   */
  public long peakBytes() {
    return peakBytes;
  }

  /**
   * Paints without telling anyone.
   *
   * @return the picture, of the photograph's size, clamped to [0, 1]
   * @throws NstException if memory does not suffice, or a loss or the picture is no longer made of
   *     numbers
   */
  public Image run() {
    return paint(null);
  }

  /**
   * Paints and tells {@code listener} of every iteration. The device is waited for only when the
   * listener asks for losses or the picture, and about ten times a second.
   *
   * @return the picture reached when the recipe's iterations are done or {@link #cancel} was
   *     called, of the photograph's size, clamped to [0, 1]
   * @throws NstException if memory does not suffice, or a loss or the picture is no longer made of
   *     numbers
   */
  public Image run(StepListener listener) {
    return paint(Objects.requireNonNull(listener, "listener"));
  }

  private Image paint(StepListener listener) {
    if (started) {
      throw new IllegalStateException(
          "a style transfer runs once; build another for another picture");
    }
    started = true;
    requireMemory();
    long start = System.nanoTime();
    try (Session session = session()) {
      iterate(session, listener, start);
      return picture(session);
    }
  }

  private Session session() {
    return new Session(vgg, recipe, PictureSource.of(content), PictureSource.of(style));
  }

  private void iterate(Session session, StepListener listener, long start) {
    Pace pace = new Pace(vgg.backend(), System::nanoTime);
    Replay iteration = null;
    Step step = null;
    try {
      for (int i = 0; i < recipe.iterations() && !cancelled; i++) {
        if (iteration == null) {
          iteration = vgg.backend().record(session::iterate);
        } else {
          iteration.run();
        }
        pace.onIteration();
        step = step(i, session, start);
        if (listener != null) {
          listener.onStep(step);
        }
        if ((i + 1) % ITERATIONS_UNCHECKED == 0) {
          step.losses();
        }
        step.end();
      }
      if (step != null) {
        requireSound(session, step.iteration());
      }
    } finally {
      if (iteration != null) {
        iteration.close();
      }
    }
  }

  private Step step(int iteration, Session session, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Step(
        iteration,
        recipe.iterations(),
        seconds,
        () -> requireSound(session, iteration),
        () -> picture(session));
  }

  /** The picture as it is now, transparent where the photograph is; it is painted on white. */
  private Image picture(Session session) {
    return session.image().cutOutLike(content);
  }

  /** Returns the losses of the latest iteration, which are numbers. */
  private static Losses requireSound(Session session, int iteration) {
    Losses losses = session.losses();
    if (!losses.isFinite()) {
      throw new NstException(
          "At iteration "
              + (iteration + 1)
              + " the losses stopped being numbers; lower the learning rate or the loss weights, or try"
              + " other network weights.");
    }
    return losses;
  }

  private void requireMemory() {
    LOG.info(
        "{} pixels on {} ({}): {} MiB at the peak",
        content.dimensions(),
        vgg.backend().name(),
        vgg.backend().precision().label(),
        peakBytes >> 20);
    // What the network has prepared already, for an earlier job, is not needed again.
    plan.requireMemory(vgg.preparedBytes());
  }

  /**
   * Checks that a run fits into the backend's memory, before a picture is read or a network is
   * there.
   *
   * @param content size of the photograph as the run will see it
   * @param style size of the painting as the run will see it
   * @throws NstException if memory does not suffice, naming the largest size for which it would
   */
  public static void requireMemory(
      Backend backend, Recipe recipe, Dimensions content, Dimensions style) {
    new MemoryPlan(backend, recipe, content, style).requireMemory(0);
  }

  /**
   * Asks a running job to stop after the current iteration; safe from any thread, and before the
   * run.
   */
  public void cancel() {
    cancelled = true;
  }

  /** Cancels; a job holds no memory outside {@link #run}. */
  @Override
  public void close() {
    cancel();
  }
}
