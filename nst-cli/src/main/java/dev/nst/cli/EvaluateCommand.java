package dev.nst.cli;

import dev.nst.backend.Backend;
import dev.nst.backend.Backends;
import dev.nst.cli.paint.MaskFiles;
import dev.nst.cli.paint.Network;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.weights.WeightsChoice;
import dev.nst.cli.weights.WeightsFinder;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeForms;
import dev.nst.transfer.Losses;
import dev.nst.transfer.Masks;
import dev.nst.transfer.StyleTransfer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nst evaluate}: what a recipe thinks of a picture, however that was painted. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Prints the losses of a picture by a recipe, as one JSON object.",
    descriptionHeading = "%n",
    description = {
      "Compares pictures of different recipes by one measure. The picture is brought to the",
      "photograph's size in the recipe."
    },
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst evaluate --picture result.png --content photo.jpg --style painting.jpg \\",
      "      --recipe gatys"
    })
final class EvaluateCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--picture",
      required = true,
      paramLabel = "FILE",
      description = "What is evaluated.")
  private Path picture;

  @Mixin private SceneOptions scene;

  @Mixin private RecipeOptions recipeOptions;

  @Option(
      names = "--weights",
      paramLabel = "auto|builtin|FILE",
      defaultValue = WeightsFinder.AUTO,
      description = "The network's weights, as for nst stylize (default: auto).")
  private String weights;

  @Mixin private RunOptions run;

  EvaluateCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Shell heard = run.heard(shell);
    RecipeForms recipes = recipeOptions.toForms();
    Recipe recipe = recipes.caffe();
    Image photo = Images.read(scene.content(), recipe::fitContent);
    List<Image> paintings =
        scene.styles().stream().map(style -> Images.read(style, recipe::fitStyle)).toList();
    Optional<Masks> masks = scene.masks().map(MaskFiles::read);
    Image painted = Images.read(picture, size -> photo.dimensions());
    WeightsChoice choice = WeightsFinder.of(heard, null).find(weights);
    try (Backend backend = Backends.open(run.compute().backend(), run.compute().backendOptions());
        Network network = Network.open(backend, choice, recipes, photo, paintings);
        StyleTransfer job = job(network, photo, paintings, masks)) {
      print(job.evaluate(painted));
    }
    return 0;
  }

  private StyleTransfer job(
      Network network, Image photo, List<Image> paintings, Optional<Masks> masks) {
    StyleTransfer.Builder job =
        StyleTransfer.on(network.vgg())
            .content(photo)
            .styles(paintings)
            .styleBlend(scene.blend())
            .recipe(network.recipe());
    masks.ifPresent(job::masks);
    return job.build();
  }

  private void print(Losses losses) {
    shell
        .out()
        .printf(
            Locale.ROOT,
            "{\"total\":%s,\"content\":%s,\"style\":%s,\"tv\":%s}%n",
            losses.total(),
            losses.content(),
            losses.style(),
            losses.tv());
  }
}
