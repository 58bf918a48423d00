package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.shell.ResultFile;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.shell.UsageException;
import dev.nst.image.ContactSheet;
import dev.nst.image.Image;
import dev.nst.image.Images;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nst sheet}: pictures side by side. */
@Command(
    name = "sheet",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Puts pictures side by side into one, to compare them.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nPictures:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst sheet --output compare.jpg photo.jpg painting.jpg result.png",
    })
final class SheetCommand implements Callable<Integer> {

  private static final int GAP = 8;

  private final Shell shell;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "In the order of the sheet, row by row.")
  private List<Path> pictures;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The sheet: .png, .jpg, .tif or .bmp.")
  private Path output;

  @Option(
      names = "--columns",
      paramLabel = "N",
      defaultValue = "4",
      converter = Values.Count.class,
      description = "Pictures in a row (default: ${DEFAULT-VALUE}).")
  private int columns;

  @Option(
      names = "--height",
      paramLabel = "N",
      defaultValue = "256",
      converter = Values.Count.class,
      description = "Height of each picture in pixels (default: ${DEFAULT-VALUE}).")
  private int height;

  SheetCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Images.checkWritable(output);
    for (Path picture : pictures) {
      if (ResultFile.same(picture, output)) {
        throw new UsageException(
            "The sheet would overwrite "
                + picture
                + ", which it shows; give --output another name.");
      }
    }
    List<Image> images = pictures.stream().map(Images::read).toList();
    Images.write(sheet(images), output);
    shell.out().println("Wrote " + output + ".");
    return 0;
  }

  private Image sheet(List<Image> images) {
    try {
      return ContactSheet.of(images, columns, height, GAP);
    } catch (ArithmeticException | NegativeArraySizeException e) {
      throw new NstException("A sheet of so many pictures would be too large; lower --height.", e);
    }
  }
}
