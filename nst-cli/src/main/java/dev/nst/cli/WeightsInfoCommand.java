package dev.nst.cli;

import dev.nst.cli.shell.Shell;
import dev.nst.converter.WeightsInfo;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nst weights info}: what a file of weights holds. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Says what a file of weights holds: format, tensors, shapes, origin.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class WeightsInfoCommand implements Runnable {

  private final Shell shell;

  @Parameters(paramLabel = "FILE", description = "A .safetensors or .pth file.")
  private Path file;

  WeightsInfoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    WeightsInfo.describe(file).lines().forEach(shell.out()::println);
  }
}
