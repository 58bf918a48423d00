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
import dev.nst.image.OutputOptions;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeJson;
import dev.nst.transfer.Masks;
import dev.nst.transfer.StyleTransfer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
   * @throws NstException if anything fails; the output is then as it was before, and a result that
   *     could not be written there is somewhere else
   */
  public int paint() {
    RunFiles.check(request);
    try (Watchers watchers = Watchers.open(shell, request, guard);
        Backend backend = Backends.open(request.backend(), request.backendOptions())) {
      Recipe recipe = request.recipe();
      Dimensions size = recipe.fitContent(request.content().dimensions());
      List<Dimensions> styleSizes =
          request.styles().stream().map(style -> recipe.fitStyle(style.dimensions())).toList();
      Optional<Masks> masks = request.masks().map(MaskFiles::read);
      int regions = masks.map(given -> given.regions().size()).orElse(0);
      StyleTransfer.requireMemory(backend, recipe, size, styleSizes, regions);
      masks.ifPresent(given -> given.requireFor(recipe, size, styleSizes));
      Inputs inputs = inputs(recipe, masks);
      WeightsChoice chosen = weights.get();
      if (chosen instanceof WeightsChoice.Builtin) {
        // The recipe of the random features may need more than the one checked above.
        StyleTransfer.requireMemory(backend, request.recipes().random(), size, styleSizes, regions);
      }
      try (Network network =
              Network.open(backend, chosen, request.recipes(), inputs.content(), inputs.styles());
          StyleTransfer job = job(network.vgg(), network.recipe(), inputs)) {
        printHeader(inputs, chosen, network, job);
        return run(job, watchers, scene(inputs, chosen, network.recipe(), job, backend));
      }
    }
  }

  /** What the run paints from, as it sees it. */
  private record Inputs(Image content, List<Image> styles, Optional<Masks> masks) {}

  private Inputs inputs(Recipe recipe, Optional<Masks> masks) {
    return new Inputs(
        request.content().resized(recipe::fitContent),
        request.styles().stream().map(style -> style.resized(recipe::fitStyle)).toList(),
        masks);
  }

  private StyleTransfer job(Vgg19 vgg, Recipe used, Inputs inputs) {
    StyleTransfer.Builder job =
        StyleTransfer.on(vgg)
            .content(inputs.content())
            .styles(inputs.styles())
            .styleBlend(request.styleBlend())
            .recipe(used);
    inputs.masks().ifPresent(job::masks);
    return job.build();
  }

  private void printHeader(
      Inputs inputs, WeightsChoice chosen, Network network, StyleTransfer job) {
    Recipe recipe = network.recipe();
    Backend backend = network.vgg().backend();
    shell.out().println(headline(inputs.content(), inputs.styles()));
    regions(inputs).ifPresent(regions -> shell.out().println("Masks " + regions + "."));
    shell
        .out()
        .printf(
            Locale.ROOT,
            "Recipe %s, %d iterations; weights %s; backend %s (%s), %s; about %d MiB.%n",
            recipe.name(),
            job.iterations(),
            weightsUsed(chosen),
            backend.name(),
            backend.description(),
            backend.precision().label(),
            (job.peakBytes() >> 20) + 1);
    if (chosen instanceof WeightsChoice.Trained && !recipe.equals(request.recipes().caffe())) {
      shell
          .out()
          .printf(
              Locale.ROOT,
              "Its loss weights are for Caffe's values; for these, content weighs %.3g and style"
                  + " %.3g.%n",
              recipe.content().weight(),
              recipe.style().weight());
    }
  }

  private String headline(Image content, List<Image> styles) {
    Recipe recipe = request.recipe();
    String photograph = named(request.content(), content);
    if (reconstructs()) {
      String task = recipe.style().weight() == 0 ? "Reconstructing " : "Making a texture of ";
      return task + photograph + " from " + listed(recipe.taps()) + ".";
    }
    return IntStream.range(0, styles.size())
        .mapToObj(i -> named(request.styles().get(i), styles.get(i)))
        .collect(Collectors.joining(", ", "Painting " + photograph + " in the style of ", "."));
  }

  private static String listed(Set<Vgg19Layer> layers) {
    return layers.stream().map(Vgg19Layer::id).collect(Collectors.joining(", "));
  }

  /** How pictures of this run are written: with what made them, and without alpha in vain. */
  private OutputOptions writtenAs(Recipe used, WeightsChoice chosen, Image content) {
    OutputOptions options = request.outputOptions();
    if (content.hasAlpha() && options.alpha() && !Images.holdsAlpha(request.output())) {
      shell
          .err()
          .printf(
              "%s is transparent in part, which %s cannot be; white takes its place.%n",
              request.content().path().getFileName(), request.output().getFileName());
      options = options.withAlpha(false);
    }
    return options.text().isEmpty() ? options : options.withText(text(used, chosen));
  }

  private Map<String, String> text(Recipe used, WeightsChoice chosen) {
    Map<String, String> text = new LinkedHashMap<>(request.outputOptions().text());
    text.put("Content", name(request.content()));
    if (!reconstructs()) {
      text.put(
          "Style", request.styles().stream().map(Painter::name).collect(Collectors.joining(", ")));
    }
    request.masks().ifPresent(masks -> text.put("Masks", masks.names()));
    text.put("Recipe", RecipeJson.format(used));
    text.put("Weights", chosen instanceof WeightsChoice.Trained ? "trained" : weightsUsed(chosen));
    return text;
  }

  private Optional<String> regions(Inputs inputs) {
    return request.masks().map(files -> files.describe(inputs.masks().orElseThrow()));
  }

  private static String named(InputPicture picture, Image image) {
    return picture.path().getFileName() + " (" + image.dimensions() + ")";
  }

  private String weightsUsed(WeightsChoice chosen) {
    return chosen instanceof WeightsChoice.Trained trained
        ? trained.origin()
        : "built-in random features, seed " + request.recipe().seed();
  }

  /** Whether one picture is looked at in both roles, by a recipe that listens to one of them. */
  private boolean reconstructs() {
    Recipe recipe = request.recipe();
    return request.styles().equals(List.of(request.content()))
        && (recipe.content().weight() == 0 || recipe.style().weight() == 0);
  }

  private Scene scene(
      Inputs inputs, WeightsChoice chosen, Recipe used, StyleTransfer job, Backend backend) {
    Image content = inputs.content();
    List<Scene.Setting> settings = new ArrayList<>(Settings.of(used, weightsUsed(chosen)));
    regions(inputs).ifPresent(regions -> settings.add(new Scene.Setting("masks", regions)));
    return new Scene(
        new Scene.Input(name(request.content()), content),
        IntStream.range(0, reconstructs() ? 0 : inputs.styles().size())
            .mapToObj(i -> new Scene.Input(name(request.styles().get(i)), inputs.styles().get(i)))
            .toList(),
        content.dimensions(),
        job.iterations(),
        settings,
        Settings.of(backend, job.peakBytes()),
        writtenAs(used, chosen, content));
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
      try (RunProgress progress = RunProgress.on(shell, job.iterations())) {
        listener = new RunListener(progress, watchers);
        image = job.run(listener);
      }
      return finish(job, listener, image, watchers, scene.written());
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

  private int finish(
      StyleTransfer job,
      RunListener listener,
      Image image,
      Watchers watchers,
      OutputOptions options) {
    int done = listener.done();
    if (done == 0) {
      shell.out().println("Stopped before the first iteration; nothing was written.");
      return INTERRUPTED;
    }
    Rescue.write(image, request.output(), options);
    writeDrawn();
    boolean early = done < job.iterations();
    shell
        .out()
        .printf(
            Locale.ROOT,
            "%s %s after %d iterations%s.%n",
            early ? "Stopped; wrote" : "Wrote",
            request.output(),
            done,
            listener.size().equals(image.dimensions())
                ? ""
                : ", enlarged from " + listener.size() + " to " + image.dimensions());
    watchers.finish(new Outcome(image, request.output(), done, early));
    watchers.requireNoFailure();
    return guard.interrupted() && early ? INTERRUPTED : 0;
  }

  /** Nothing is replaced before there is a result, so these wait for it. */
  private void writeDrawn() {
    for (InputPicture picture : request.pictures()) {
      if (picture instanceof InputPicture.Drawn drawn) {
        Images.write(drawn.image(), drawn.path());
        shell.out().println("Wrote " + drawn.path() + ".");
      }
    }
  }
}
