package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.optim.AveragedIterates;
import dev.nst.optim.GradScaler;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * What a stage of a run holds on the device: the picture, the targets, the optimiser's state, and
 * the step's arena.
 */
final class Session implements AutoCloseable {

  private final Backend backend;
  private final Recipe recipe;
  private final Arena session;
  private final Arena step;
  private final Objective objective;
  private final Tensor image;
  private final GradScaler scaler;

  /** Null where the recipe takes the last iterate. */
  private final AveragedIterates average;

  private final Tensor averaged;
  private Mover mover;

  /**
   * Captures the targets and puts up the picture.
   *
   * @param start what the picture is at first, of the photograph's size, in the recipe's pixel
   *     space
   */
  Session(Vgg19 vgg, Recipe recipe, Scene scene, PictureSource start) {
    this.backend = vgg.backend();
    this.recipe = recipe;
    session = backend.openArena("session");
    step = backend.openArena("step");
    boolean complete = false;
    try {
      objective = new Objective(vgg, recipe, session, scene);
      image = start.upload(backend, session);
      clamp();
      boolean averages = recipe.averaging() > 0;
      average =
          averages
              ? new AveragedIterates(backend, session, image.shape(), recipe.averaging())
              : null;
      averaged = averages ? session.allocate(image.shape()) : image;
      average();
      scaler = GradScaler.forFeaturesOf(backend, session);
      Mover.Task task =
          new Mover.Task(backend, session, image, this::gradient, scaler, this::losses);
      mover = Mover.of(recipe.optimizer(), task, this::clamp, this::average);
      session.seal();
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  private void clamp() {
    if (recipe.clamp()) {
      recipe.pixels().clamp(backend, image);
    }
  }

  private void average() {
    if (average != null) {
      average.add(image);
    }
  }

  private Tensor gradient() {
    Tensor gradient = objective.gradient(image, step, scaler.scale());
    scaler.unscale(gradient);
    return gradient;
  }

  /** Takes over from the stage before; the picture itself was this session's start. */
  void resume(Handover.Moments moments) {
    mover.resume(moments);
  }

  /** Evaluates losses and gradient of the picture, then moves it one step. */
  void iterate() {
    mover.iterate();
  }

  /** Evaluates the picture without moving it. */
  Losses evaluate() {
    gradient();
    return losses();
  }

  /**
   * Reads the losses that the latest iteration evaluated.
   *
   * @throws NstException if gradients no longer reach the picture, because they leave the range of
   *     float16 features even unscaled
   */
  Losses losses() {
    Losses losses = objective.losses();
    if (losses.isFinite() && scaler.isExhausted()) {
      throw new NstException(
          "The gradients are too large for float16 features; choose --precision bf16 or lower the"
              + " loss weights.");
    }
    return losses;
  }

  /** Fetches the picture as it is now. */
  Image image() {
    return recipe.pixels().download(backend, result());
  }

  /** Returns the tensor that the picture is taken from. */
  private Tensor result() {
    if (average != null) {
      average.get(averaged);
    }
    return averaged;
  }

  /** Fetches what the next stage goes on from. */
  Handover handOver() {
    Shape shape = image.shape();
    return new Handover(
        new Dimensions(shape.w(), shape.h()),
        Handover.download(backend, result()),
        mover.moments());
  }

  @Override
  public void close() {
    if (mover != null) {
      mover.close();
    }
    step.close();
    session.close();
  }
}
