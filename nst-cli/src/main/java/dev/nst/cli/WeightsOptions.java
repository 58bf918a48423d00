package dev.nst.cli;

import dev.nst.cli.shell.Shell;
import dev.nst.cli.weights.WeightsChoice;
import dev.nst.cli.weights.WeightsFinder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Where the network's weights come from. */
final class WeightsOptions {

  @Option(
      names = "--weights",
      paramLabel = "auto|builtin|FILE",
      defaultValue = WeightsFinder.AUTO,
      description = {
        "The network's weights (default: auto). auto: NST_WEIGHTS, else the cache, else a download",
        "(548 MB, once); builtin: random features that need no file; FILE: a safetensors file or a",
        "PyTorch checkpoint (.pth) of VGG-19 or VGG-16; one with the original Caffe values is to",
        "be converted first, by nst weights convert --input-convention caffe."
      })
  private String weights;

  @Option(
      names = "--weights-url",
      paramLabel = "URL",
      description = "Where auto downloads from (default: NST_WEIGHTS_URL, else torchvision's).")
  private String weightsUrl;

  /** Returns the file that the user named, if any. */
  Optional<Path> namedFile(Shell shell) {
    return WeightsFinder.namedFile(shell, weights);
  }

  /**
   * Returns what finds them when asked.
   *
   * @throws dev.nst.cli.shell.UsageException if the address is none
   */
  Supplier<WeightsChoice> finder(Shell shell) {
    WeightsFinder finder = WeightsFinder.of(shell, weightsUrl);
    return () -> finder.find(weights);
  }
}
