package dev.nst.cli;

import dev.nst.cli.shell.ByteProgress;
import dev.nst.cli.shell.Shell;
import dev.nst.converter.CheckpointConverter;
import dev.nst.converter.Conversion;
import dev.nst.converter.ConversionOptions;
import dev.nst.model.InputConvention;
import dev.nst.tensor.DType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nst weights convert}: from PyTorch's checkpoint to safetensors. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Converts a PyTorch checkpoint of VGG-19 or VGG-16 to safetensors.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class WeightsConvertCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(
      index = "0",
      paramLabel = "IN.pth",
      description = "A checkpoint in either of PyTorch's containers, zip or legacy.")
  private Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT.safetensors",
      description = "The file to write; an existing one is replaced.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "f32|f16|bf16",
      defaultValue = "f32",
      converter = Values.DTypeName.class,
      description = "Number format to store (default: ${DEFAULT-VALUE}).")
  private DType dtype;

  @Option(
      names = "--input-convention",
      paramLabel = "torchvision|caffe",
      converter = Values.InputConventionName.class,
      description = {
        "What pictures the network was trained on: torchvision (RGB, normalised), or caffe for",
        "the original values (BGR, 0 to 255 minus the mean). Names and shapes do not tell, so",
        "name it for Caffe's values (default: caffe for vgg19-d01eb7cb.pth and",
        "vgg16-00b39a1b.pth, known by their checksums, else torchvision)."
      })
  private InputConvention input;

  @Option(names = "--quiet", description = "Print nothing but warnings and errors.")
  private boolean quiet;

  WeightsConvertCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Shell heard = quiet ? shell.quiet() : shell;
    ConversionOptions options = new ConversionOptions(dtype, Optional.ofNullable(input));
    Conversion conversion;
    try (ByteProgress progress = new ByteProgress(heard, "Converting " + in.getFileName())) {
      conversion = CheckpointConverter.convert(in, out, options, progress);
    }
    heard
        .out()
        .printf(
            Locale.ROOT,
            "Wrote %s: %d tensors, %,d numbers.%n",
            out,
            conversion.tensors().size(),
            conversion.parameters());
    return 0;
  }
}
