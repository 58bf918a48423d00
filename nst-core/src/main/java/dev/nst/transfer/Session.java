package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.model.ImageNetInput;
import dev.nst.model.Vgg19;
import dev.nst.optim.Adam;
import dev.nst.optim.GradScaler;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Tensor;

/**
 * What a run holds on the device: the picture, the targets, the optimiser's state, and the step's
 * arena.
 */
final class Session implements AutoCloseable {

  private final Backend backend;
  private final Arena session;
  private final Arena step;
  private final Objective objective;
  private final Tensor image;
  private final Adam adam;
  private final GradScaler scaler;

  Session(Vgg19 vgg, Recipe recipe, PictureSource content, PictureSource style) {
    backend = vgg.backend();
    session = backend.openArena("session");
    step = backend.openArena("step");
    boolean complete = false;
    try {
      objective = new Objective(vgg, recipe, session, content, style);
      image = content.upload(backend, session);
      adam =
          new Adam(
              backend,
              session,
              image.shape(),
              AdamParameters.withLearningRate(recipe.learningRate()));
      scaler = GradScaler.forFeaturesOf(backend, session);
      session.seal();
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /** Evaluates losses and gradient of the picture, then moves it one step. */
  void iterate() {
    Tensor gradient = objective.gradient(image, step, scaler.scale());
    scaler.unscale(gradient);
    adam.step(image, gradient, scaler.apply());
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
    return ImageNetInput.download(backend, image);
  }

  @Override
  public void close() {
    step.close();
    session.close();
  }
}
