package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.demo.DemoPictures;
import dev.nst.cli.paint.InputPicture;
import dev.nst.cli.paint.InterruptGuard;
import dev.nst.cli.paint.PaintRequest;
import dev.nst.cli.paint.Painter;
import dev.nst.cli.paint.Watching;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.weights.WeightsChoice;
import dev.nst.cli.weights.WeightsFinder;
import dev.nst.image.Images;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeForms;
import dev.nst.transfer.StyleBlend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nst demo}: draws its own two pictures and paints one in the style of the other. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Draws a landscape and a painting, and paints one in the style of the other.",
    descriptionHeading = "%n",
    description = "Needs no files and no network.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst demo                          writes nst-demo.png and the two pictures it came from",
      "  nst demo --seed 7 --output lake.png"
    })
final class DemoCommand implements Callable<Integer> {

  private static final int SIZE = 192;
  private static final int ITERATIONS = 120;

  private final Shell shell;
  private final InterruptGuard guard;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "nst-demo.png",
      description = {
        "The result (default: ${DEFAULT-VALUE}). The pictures it came from lie beside it, with",
        "-content and -style in their names. Files of these names are replaced."
      })
  private Path output;

  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "" + SIZE,
      converter = Values.Size.class,
      description = "Shorter edge of the result in pixels (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "" + ITERATIONS,
      converter = Values.Count.class,
      description = "Optimisation steps (default: ${DEFAULT-VALUE}).")
  private int iterations;

  @Option(
      names = "--weights",
      paramLabel = "auto|builtin|FILE",
      defaultValue = WeightsFinder.AUTO,
      description = {
        "The network's weights. auto: NST_WEIGHTS, else the cache, else builtin; never downloads",
        "(default: auto)."
      })
  private String weights;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "2",
      converter = Values.Seed.class,
      description = "Another number draws other pictures (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private RunOptions run;

  DemoCommand(Shell shell, InterruptGuard guard) {
    this.shell = shell;
    this.guard = guard;
  }

  @Override
  public Integer call() {
    Shell heard = run.heard(shell);
    if (output.getFileName() == null) {
      throw new NstException("--output: " + output + " is a directory; name a file.");
    }
    Path content = beside("-content");
    Path style = beside("-style");
    Path[] results = {content, style, output};
    for (Path file : results) {
      Images.checkWritable(file);
    }
    for (Path file : results) {
      if (Files.exists(file)) {
        heard.out().println("At its end this replaces " + file + ".");
      }
    }
    RecipeForms recipes =
        Recipe.quick().forms().map(form -> form.withSize(size).withIterations(iterations));
    PaintRequest request =
        new PaintRequest(
            new InputPicture.Drawn(DemoPictures.content(seed), content),
            List.of(new InputPicture.Drawn(DemoPictures.style(seed), style)),
            StyleBlend.equal(1),
            Optional.empty(),
            output,
            new PictureOptions().toOptions(),
            recipes,
            run.compute().backend(),
            run.compute().backendOptions(),
            WeightsFinder.namedFile(heard, weights).orElse(null),
            Watching.none());
    return new Painter(heard, request, () -> weights(heard), guard).paint();
  }

  private WeightsChoice weights(Shell heard) {
    WeightsChoice choice = WeightsFinder.of(heard, null).findOffline(weights);
    if (choice instanceof WeightsChoice.Builtin && weights.equals(WeightsFinder.AUTO)) {
      heard
          .out()
          .println(
              "No trained weights are here, so the built-in random features paint; 'nst stylize' "
                  + "fetches the real ones.");
    }
    return choice;
  }

  private Path beside(String suffix) {
    String name = output.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return output.resolveSibling(
        dot < 0 ? name + suffix : name.substring(0, dot) + suffix + name.substring(dot));
  }
}
