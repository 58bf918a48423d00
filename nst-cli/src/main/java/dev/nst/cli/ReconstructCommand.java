package dev.nst.cli;

import dev.nst.cli.RecipeValues.LayerList;
import dev.nst.cli.paint.InputPicture;
import dev.nst.cli.paint.InterruptGuard;
import dev.nst.cli.paint.PaintRequest;
import dev.nst.cli.paint.Painter;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.shell.UsageException;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.StyleBlend;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nst reconstruct}: what the network's layers keep of a picture. */
@Command(
    name = "reconstruct",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Paints, from noise, what layers of the network keep of a picture.",
    descriptionHeading = "%n",
    description = {
      "With --content, the picture as one layer sees it: shallow layers keep every pixel, deep"
          + " ones",
      "only what is where (Gatys et al. 2015, figure 1). With --style, a texture with the"
          + " picture's",
      "strokes and colours and nothing in its place; more layers keep larger patterns. The recipes"
          + " of",
      "both measure the shorter edge, 256 pixels, and take 300 steps."
    },
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst reconstruct --picture photo.jpg --content conv4_2 --output seen.png",
      "  nst reconstruct --picture painting.jpg --style conv1_1,conv2_1,conv3_1,conv4_1,conv5_1 \\",
      "      --output texture.png",
      "",
      "Ctrl-C stops after the current iteration and writes the picture reached so far."
    })
final class ReconstructCommand implements Callable<Integer> {

  private final Shell shell;
  private final InterruptGuard guard;

  @Option(
      names = "--picture",
      required = true,
      paramLabel = "FILE",
      description = "The picture: JPEG, PNG, TIFF, WebP, BMP or GIF.")
  private Path picture;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The result: .png, .jpg, .tif or .bmp.")
  private Path output;

  @Option(
      names = "--content",
      paramLabel = "LAYER",
      converter = RecipeValues.Layer.class,
      description = "Reconstruct the picture from this layer, conv1_1 to conv5_4.")
  private Vgg19Layer content;

  @Option(
      names = "--style",
      paramLabel = "A,B",
      converter = RecipeValues.Layers.class,
      description = "Make a texture from the Gram matrices of these layers.")
  private LayerList style;

  @Mixin private CommonRecipeOptions common;

  @Mixin private PictureOptions file;

  @Mixin private WeightsOptions weights;

  @Mixin private WatchOptions watch;

  @Mixin private RunOptions run;

  ReconstructCommand(Shell shell, InterruptGuard guard) {
    this.shell = shell;
    this.guard = guard;
  }

  @Override
  public Integer call() {
    Shell heard = run.heard(shell);
    // One picture in both roles: the recipe listens to one of them.
    InputPicture seen = new InputPicture.Stored(picture);
    PaintRequest request =
        new PaintRequest(
            seen,
            List.of(seen),
            StyleBlend.equal(1),
            Optional.empty(),
            output,
            file.toOptions(),
            recipe().forms(),
            run.compute().backend(),
            run.compute().backendOptions(),
            weights.namedFile(heard).orElse(null),
            watch.toWatching());
    return new Painter(heard, request, weights.finder(heard), guard).paint();
  }

  private Recipe recipe() {
    if ((content == null) == (style == null)) {
      throw new UsageException(
          "Give either --content LAYER, to see what a layer keeps, or --style LAYERS, for a"
              + " texture.");
    }
    return common.applyTo(
        content != null
            ? Recipe.contentReconstruction(content)
            : Recipe.textureSynthesis(style.layers()));
  }
}
