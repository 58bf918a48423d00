package dev.nst.cli.paint;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.Backends;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.watch.Outcome;
import dev.nst.cli.watch.Scene;
import dev.nst.cli.weights.WeightsChoice;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.image.Resize;
import dev.nst.model.Vgg19;
import dev.nst.transfer.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Runs one painting from files to file. */
public final class Painter {

  /** What a shell expects of a process that Ctrl-C ended: 128 and the number of SIGINT. */
  public static final int INTERRUPTED = 130;

  private final Shell shell;
  private final PaintRequest request;
  private final Supplier<WeightsChoice> weights;
  private final InterruptGuard guard;

  /**
   * Prepares a painting.
   *
   * @param weights asked only when all else is known to be in order, because it may download
   * @param guard armed while it paints; the caller closes it after its last message
   */
  public Painter(
      Shell shell, PaintRequest request, Supplier<WeightsChoice> weights, InterruptGuard guard) {
    this.shell = shell;
    this.request = request;
    this.weights = weights;
    this.guard = guard;
  }

  /**
   * Paints.
   *
   * @return the exit status: 0, or {@link #INTERRUPTED}
   * @throws NstException if anything fails; the output is then as it was before
   */
  public int paint() {
    RunFiles.check(request);
    try (Watchers watchers = Watchers.open(shell, request, guard);
        Backend backend = Backends.open(request.backend(), request.backendOptions())) {
      Recipe recipe = request.recipe();
      StyleTransfer.requireMemory(
          backend, recipe, resized(request.content()), resized(request.style()));
      Image content = request.content().resized(recipe.size());
      Image style = request.style().resized(recipe.size());
      WeightsChoice chosen = weights.get();
      Recipe used = chosen instanceof WeightsChoice.Trained ? recipe : request.builtinRecipe();
      // The recipe of the random features may need more than the one checked above.
      StyleTransfer.requireMemory(backend, used, content.dimensions(), style.dimensions());
      try (Vgg19 vgg = network(backend, chosen, used, content, style);
          StyleTransfer job =
              StyleTransfer.on(vgg).content(content).style(style).recipe(used).build()) {
        printHeader(content, style, chosen, job, backend);
        return run(job, watchers, scene(content, style, chosen, used, job, backend));
      }
    }
  }

  private Dimensions resized(InputPicture picture) {
    Dimensions size = picture.dimensions();
    return Resize.shortEdgeDimensions(size.width(), size.height(), request.recipe().size());
  }

  private Vgg19 network(
      Backend backend, WeightsChoice chosen, Recipe used, Image content, Image style) {
    if (chosen instanceof WeightsChoice.Trained trained) {
      return Vgg19.load(backend, trained.file());
    }
    return Vgg19.random(backend, request.seed(), used.pooling(), content, style);
  }

  private void printHeader(
      Image content, Image style, WeightsChoice chosen, StyleTransfer job, Backend backend) {
    Recipe recipe = request.recipe();
    shell
        .out()
        .printf(
            Locale.ROOT,
            "Painting %s (%s) in the style of %s (%s).%n",
            request.content().path().getFileName(),
            content.dimensions(),
            request.style().path().getFileName(),
            style.dimensions());
    shell
        .out()
        .printf(
            Locale.ROOT,
            "Recipe %s, %d iterations; weights %s; backend %s (%s), %s; about %d MiB.%n",
            recipe.name(),
            recipe.iterations(),
            weightsUsed(chosen),
            backend.name(),
            backend.description(),
            backend.precision().label(),
            (job.peakBytes() >> 20) + 1);
  }

  private String weightsUsed(WeightsChoice chosen) {
    return chosen instanceof WeightsChoice.Trained trained
        ? trained.origin()
        : "built-in random features, seed " + request.seed();
  }

  private Scene scene(
      Image content,
      Image style,
      WeightsChoice chosen,
      Recipe used,
      StyleTransfer job,
      Backend backend) {
    return new Scene(
        new Scene.Input(name(request.content()), content),
        new Scene.Input(name(request.style()), style),
        content.dimensions(),
        used.iterations(),
        Settings.of(used, weightsUsed(chosen)),
        Settings.of(backend, job.peakBytes()));
  }

  private static String name(InputPicture picture) {
    return picture.path().getFileName().toString();
  }

  private int run(StyleTransfer job, Watchers watchers, Scene scene) {
    watchers.begin(scene);
    AtomicBoolean told = new AtomicBoolean();
    guard.arm(
        () -> {
          if (told.compareAndSet(false, true)) {
            stopping();
          }
          job.cancel();
        });
    try {
      RunListener listener;
      Image image;
      try (RunProgress progress = RunProgress.on(shell, request.recipe().iterations())) {
        listener = new RunListener(progress, watchers);
        image = job.run(listener);
      }
      return finish(listener.done(), image, watchers);
    } catch (RuntimeException | Error e) {
      watchers.abandon();
      throw e;
    } finally {
      guard.disarm();
    }
  }

  private void stopping() {
    if (shell.interactive()) {
      // A bar and the terminal's ^C stand on the line of the cursor.
      shell.err().println();
    }
    shell
        .err()
        .println(
            "Stopping after this iteration; the picture will be written to "
                + request.output()
                + ".");
  }

  private int finish(int done, Image image, Watchers watchers) {
    if (done == 0) {
      shell.out().println("Stopped before the first iteration; nothing was written.");
      return INTERRUPTED;
    }
    writeDrawn();
    Images.write(image, request.output());
    boolean early = done < request.recipe().iterations();
    shell
        .out()
        .printf(
            Locale.ROOT,
            "%s %s after %d iterations.%n",
            early ? "Stopped; wrote" : "Wrote",
            request.output(),
            done);
    watchers.finish(new Outcome(image, request.output(), done, early));
    watchers.requireNoFailure();
    return guard.interrupted() && early ? INTERRUPTED : 0;
  }

  /** Nothing is replaced before there is a result, so these wait for it. */
  private void writeDrawn() {
    for (InputPicture picture : List.of(request.content(), request.style())) {
      if (picture instanceof InputPicture.Drawn drawn) {
        Images.write(drawn.image(), drawn.path());
        shell.out().println("Wrote " + drawn.path() + ".");
      }
    }
  }
}
