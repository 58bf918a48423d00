package dev.nst.cli.watch;

import dev.nst.cli.watch.Scene.Input;
import dev.nst.cli.watch.Scene.Setting;
import dev.nst.image.Image;
import dev.nst.image.OutputOptions;
import dev.nst.transfer.Losses;
import java.nio.file.Path;
import java.util.List;

/** A run that nobody computes: smooth pictures, and losses that fall. */
public final class TestRun {

  private TestRun() {}

  /** A scene whose names and settings are what a page must not take for markup. */
  public static Scene scene(int width, int height, int iterations) {
    Input painting = new Input("night & \"day\".png", picture(height, width, 1));
    return scene(width, height, iterations, List.of(painting));
  }

  /** The same without a painting. */
  public static Scene reconstruction(int width, int height, int iterations) {
    return scene(width, height, iterations, List.of());
  }

  private static Scene scene(int width, int height, int iterations, List<Input> styles) {
    Image picture = picture(width, height, 0);
    return new Scene(
        new Input("<img src=x>.jpg", picture),
        styles,
        picture.dimensions(),
        iterations,
        List.of(new Setting("recipe", "<script>alert(1)</script>"), new Setting("size", "32")),
        List.of(new Setting("backend", "none, 'tested'")),
        OutputOptions.defaults());
  }

  /** Another picture for every phase. */
  public static Image picture(int width, int height, double phase) {
    float[] values = new float[3 * width * height];
    for (int i = 0; i < values.length; i++) {
      double x = i % width / (double) width;
      double y = i / width % height / (double) height;
      values[i] =
          (float) (.5 + .5 * Math.sin(phase + 5 * (x + y * y) + 2 * (i / (width * height))));
    }
    return Image.of(width, height, values);
  }

  /** Losses after some steps; the content's begins at 0, as it does in a run from the content. */
  public static Losses losses(int steps) {
    double style = 50 / (1 + .1 * steps);
    double content = 2 - 2 / (1 + .2 * steps);
    double tv = 1 / (1 + .01 * steps);
    return new Losses(style + content + tv, content, style, tv);
  }

  /** The moment after an iteration, of which there are four a second. */
  public static Moment moment(Scene scene, int done) {
    return new Moment(
        done,
        scene.iterations(),
        done / 4.0,
        () -> losses(done - 1),
        () -> picture(scene.size().width(), scene.size().height(), done / 10.0));
  }

  /** The end of a run. */
  public static Outcome outcome(Scene scene, int done) {
    return new Outcome(
        moment(scene, done).picture(), Path.of("result.png"), done, done < scene.iterations());
  }
}
