package dev.nst.transfer;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.recipe.Init;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** Makes what is painted on at first. */
final class StartPicture {

  /** ImageNet's mean colour, the origin of the network's pixel spaces. */
  private static final double[] MEAN_COLOUR = {0.485, 0.456, 0.406};

  private StartPicture() {}

  /** Returns the start; the same arguments give the same picture on every machine. */
  static Image of(Init init, long seed, Pictures pictures, Dimensions size) {
    if (init instanceof Init.Picture picture) {
      return Pictures.resized(Images.read(picture.file()), size);
    }
    Random random = new Random(seed);
    return switch ((Init.Drawn) init) {
      case CONTENT -> Pictures.resized(pictures.content(), size);
      case STYLE -> Pictures.resized(pictures.styles().get(0), size);
      case RANDOM -> draw(size, c -> MEAN_COLOUR[c] + random.nextGaussian() * 0.001 / 255);
      case GRAY -> draw(size, c -> 0.5 + random.nextDouble() / 255);
      case UNIFORM -> draw(size, c -> random.nextDouble());
      case NORMAL -> draw(size, c -> truncatedNormal(random, 0.5, 0.25));
      case STYLE_STATS -> {
        double[] mean = new double[Image.CHANNELS];
        double[] deviation = new double[Image.CHANNELS];
        statistics(pictures, mean, deviation);
        yield draw(size, c -> truncatedNormal(random, mean[c], deviation[c]));
      }
    };
  }

  private static Image draw(Dimensions size, IntToDoubleFunction valueOfChannel) {
    int area = Math.toIntExact(size.pixels());
    float[] values = new float[Image.CHANNELS * area];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) valueOfChannel.applyAsDouble(i / area);
    }
    return Image.of(size.width(), size.height(), values);
  }

  /** Draws until a value lies in [0, 1], which it does soon: the mean lies there itself. */
  private static double truncatedNormal(Random random, double mean, double deviation) {
    double value = mean + deviation * random.nextGaussian();
    while (value < 0 || value > 1) {
      value = mean + deviation * random.nextGaussian();
    }
    return value;
  }

  /** Blends the means and the variances of the paintings, channel by channel. */
  private static void statistics(Pictures pictures, double[] mean, double[] deviation) {
    double[] variance = new double[Image.CHANNELS];
    for (int i = 0; i < pictures.styles().size(); i++) {
      float[] values = pictures.styles().get(i).toChw();
      int area = values.length / Image.CHANNELS;
      double share = pictures.blend().shares().get(i);
      for (int c = 0; c < Image.CHANNELS; c++) {
        double sum = 0;
        double squares = 0;
        for (int k = c * area; k < (c + 1) * area; k++) {
          sum += values[k];
          squares += (double) values[k] * values[k];
        }
        double average = sum / area;
        mean[c] += share * average;
        variance[c] += share * Math.max(0, squares / area - average * average);
      }
    }
    for (int c = 0; c < Image.CHANNELS; c++) {
      deviation[c] = Math.sqrt(variance[c]);
    }
  }
}
