package dev.nst.model;

import dev.nst.NstException;
import dev.nst.autograd.Tape;
import dev.nst.autograd.Variable;
import dev.nst.autograd.op.Normalize;
import dev.nst.backend.Backend;
import dev.nst.image.Image;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * The numbers that a picture's pixels are kept as: for each of red, green and blue {@code factor *
 * v + offset} of a value v from 0 to 1. Which one the optimiser sees changes what its steps and the
 * total variation mean, and with them the picture.
 */
public enum PixelSpace {

  /** Minus ImageNet's mean, divided by its deviation: what torchvision's networks take. */
  NORMALIZED(new double[] {0.485, 0.456, 0.406}, new double[] {1 / 0.229, 1 / 0.224, 1 / 0.225}),

  /** From 0 to 1. */
  RGB(new double[3], new double[] {1, 1, 1}),

  /**
   * From 0 to 255, minus ImageNet's mean: the scale of the original Caffe networks, though not
   * their order of channels, which is blue, green, red.
   */
  CAFFE(new double[] {123.68 / 255, 116.779 / 255, 103.939 / 255}, new double[] {255, 255, 255});

  private static final int CHANNELS = 3;

  private final double[] mean;
  private final double[] factor;

  PixelSpace(double[] mean, double[] factor) {
    this.mean = mean;
    this.factor = factor;
  }

  /** Returns how many times as far apart two pictures are here as in the other space. */
  public double contrastOver(PixelSpace other) {
    double sum = 0;
    for (int c = 0; c < CHANNELS; c++) {
      sum += factor[c] / other.factor[c];
    }
    return sum / CHANNELS;
  }

  private double offset(int channel) {
    return -mean[channel] * factor[channel];
  }

  /**
   * Returns a picture in this space.
   *
   * @param image RGB, nominally in [0, 1]; what is transparent is white
   * @return a new float32 tensor {@code [1, 3, H, W]} in {@code arena}
   */
  public Tensor upload(Backend backend, Arena arena, Image image) {
    Tensor tensor = arena.allocate(Shape.features(CHANNELS, image.height(), image.width()));
    backend.upload(tensor, image.onWhite().toChw());
    float[] factors = new float[CHANNELS];
    float[] offsets = new float[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      factors[c] = (float) factor[c];
      offsets[c] = (float) offset(c);
    }
    backend.affineChannels(tensor, tensor, factors, offsets);
    return tensor;
  }

  /**
   * Returns a picture of this space, in RGB and clamped to [0, 1].
   *
   * @param tensor float32 {@code [1, 3, H, W]}
   * @throws NstException if a value is not a finite number, as after a diverged optimisation
   */
  public Image download(Backend backend, Tensor tensor) {
    Shape shape = tensor.shape();
    float[] values = new float[Math.toIntExact(shape.size())];
    backend.download(values, tensor);
    for (int i = 0; i < values.length; i++) {
      int c = i / shape.area();
      if (!Float.isFinite(values[i])) {
        throw new NstException(
            "The picture is no longer made of numbers; lower the learning rate or the loss weights.");
      }
      values[i] = (float) (values[i] / factor[c] + mean[c]);
    }
    return Image.of(shape.w(), shape.h(), values).clamped();
  }

  /**
   * Returns a picture of this space in another one, differentiably.
   *
   * @param image float32 {@code [1, 3, H, W]}
   * @return {@code image} itself if the spaces are the same
   */
  public Variable to(PixelSpace other, Tape tape, Variable image) {
    if (other == this) {
      return image;
    }
    float[] factors = new float[CHANNELS];
    float[] offsets = new float[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      double ratio = other.factor[c] / factor[c];
      factors[c] = (float) ratio;
      offsets[c] = (float) (other.offset(c) - ratio * offset(c));
    }
    return Normalize.apply(tape, image, factors, offsets);
  }

  /**
   * Clamps a picture of this space to what is visible: RGB from 0 to 1.
   *
   * @param image float32 {@code [1, 3, H, W]}, updated
   */
  public void clamp(Backend backend, Tensor image) {
    float[] low = new float[CHANNELS];
    float[] high = new float[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      low[c] = (float) offset(c);
      high[c] = (float) (factor[c] + offset(c));
    }
    backend.pictures().clampChannels(image, low, high);
  }
}
