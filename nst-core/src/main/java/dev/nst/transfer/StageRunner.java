package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Recipe;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Paints a picture stage by stage, a {@link Session} for each. */
final class StageRunner {

  private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);

  /** After so many iterations the losses are looked at even if no listener asks for them. */
  private static final int ITERATIONS_UNCHECKED = 100;

  private final Vgg19 vgg;
  private final Recipe recipe;
  private final Pictures pictures;
  private final List<PlannedStage> stages;
  private final BooleanSupplier cancelled;
  private final int iterations;
  private final long start = System.nanoTime();
  private int done;

  /**
   * Prepares a run.
   *
   * @param cancelled asked before every iteration
   */
  StageRunner(
      Vgg19 vgg,
      Recipe recipe,
      Pictures pictures,
      List<PlannedStage> stages,
      BooleanSupplier cancelled) {
    this.vgg = vgg;
    this.recipe = recipe;
    this.pictures = pictures;
    this.stages = stages;
    this.cancelled = cancelled;
    this.iterations = stages.stream().mapToInt(PlannedStage::iterations).sum();
  }

  /**
   * Paints.
   *
   * @param listener hears of every iteration, or null
   * @return the picture reached, of the last stage's size
   */
  Image run(StepListener listener) {
    Handover handover = null;
    for (int i = 0; !cancelled.getAsBoolean(); i++) {
      PlannedStage stage = stages.get(i);
      PictureSource from =
          handover == null
              ? PictureSource.of(pictures.start(recipe, stage.content()), recipe.pixels())
              : PictureSource.of(handover);
      try (Session session =
          new Session(vgg, recipe, pictures.scene(stage, vgg.input().pixels()), from)) {
        if (handover != null && handover.moments() != null) {
          session.resume(handover.moments());
        }
        LOG.debug("stage {} of {}: {} pixels", i + 1, stages.size(), stage.content());
        iterate(session, i, listener);
        if (i == stages.size() - 1) {
          return shown(session.image());
        }
        if (cancelled.getAsBoolean()) {
          return shown(enlarged(session.image()));
        }
        handover = session.handOver().resized(stages.get(i + 1).content());
      }
    }
    return shown(pictures.start(recipe, finalSize()).clamped());
  }

  /**
   * Evaluates a picture by the objective of the last stage.
   *
   * @param picture of the last stage's size
   */
  Losses evaluate(Image picture) {
    PictureSource start = PictureSource.of(picture, recipe.pixels());
    PlannedStage last = stages.get(stages.size() - 1);
    try (Session session =
        new Session(vgg, recipe, pictures.scene(last, vgg.input().pixels()), start)) {
      return session.evaluate();
    }
  }

  private Image shown(Image painted) {
    return pictures.shown(painted, recipe.keepColors());
  }

  private Dimensions finalSize() {
    return stages.get(stages.size() - 1).content();
  }

  private Image enlarged(Image image) {
    Dimensions size = finalSize();
    LOG.info("Stopped at {} pixels; the picture is enlarged to {}.", image.dimensions(), size);
    float[] planes = Resample.bicubic(image.toChw(), image.dimensions(), size);
    return Image.of(size.width(), size.height(), planes).clamped();
  }

  private void iterate(Session session, int stage, StepListener listener) {
    Pace pace = new Pace(vgg.backend(), System::nanoTime);
    Step step = null;
    for (int i = 0; i < stages.get(stage).iterations() && !cancelled.getAsBoolean(); i++) {
      session.iterate();
      pace.onIteration();
      step = step(session, stage);
      done++;
      if (listener != null) {
        listener.onStep(step);
      }
      if (done % ITERATIONS_UNCHECKED == 0) {
        step.losses();
      }
      step.end();
    }
    if (step != null) {
      requireSound(session, step.iteration());
    }
  }

  private Step step(Session session, int stage) {
    int iteration = done;
    return new Step(
        new Step.Position(iteration, iterations, stage, stages.size(), stages.get(stage).content()),
        (System.nanoTime() - start) / 1e9,
        () -> requireSound(session, iteration),
        () -> shown(session.image()));
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
}
