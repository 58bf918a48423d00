package dev.nst.cli;

import dev.nst.cli.paint.InputPicture;
import dev.nst.cli.paint.InterruptGuard;
import dev.nst.cli.paint.PaintRequest;
import dev.nst.cli.paint.Painter;
import dev.nst.cli.shell.Shell;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nst stylize}: the main job. */
@Command(
    name = "stylize",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Paints a photograph in the style of a painting.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst stylize --content photo.jpg --style painting.jpg --output result.png",
      "      the plain thing, a few minutes on a laptop",
      "  nst stylize --content photo.jpg --style painting.jpg --output result.png \\",
      "      --size 512 --style-weight 200",
      "      larger, and more painting than photograph",
      "  nst stylize --content photo.jpg --style painting.jpg --output result.png \\",
      "      --recipe gatys --save-every 500 --trace losses.jsonl",
      "      the classic, with pictures on the way and the losses in a file",
      "  nst stylize --content photo.jpg --style painting.jpg --output result.png \\",
      "      --preview --report result.html --timelapse result.gif",
      "      to watch it grow in a browser, and to show others how it did",
      "",
      "Ctrl-C stops after the current iteration and writes the picture reached so far."
    })
final class StylizeCommand implements Callable<Integer> {

  private final Shell shell;
  private final InterruptGuard guard;

  @Mixin private SceneOptions scene;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The result: .png, .jpg, .tif or .bmp.")
  private Path output;

  @Mixin private PictureOptions picture;

  @Mixin private RecipeOptions recipe;

  @Mixin private WeightsOptions weights;

  @Mixin private WatchOptions watch;

  @Mixin private RunOptions run;

  StylizeCommand(Shell shell, InterruptGuard guard) {
    this.shell = shell;
    this.guard = guard;
  }

  @Override
  public Integer call() {
    Shell heard = run.heard(shell);
    PaintRequest request =
        new PaintRequest(
            new InputPicture.Stored(scene.content()),
            scene.styles().stream().<InputPicture>map(InputPicture.Stored::new).toList(),
            scene.blend(),
            scene.masks(),
            output,
            picture.toOptions(),
            recipe.toForms(),
            run.compute().backend(),
            run.compute().backendOptions(),
            weights.namedFile(heard).orElse(null),
            watch.toWatching());
    return new Painter(heard, request, weights.finder(heard), guard).paint();
  }
}
