package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.cli.cuda.CudaLibraries;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.shell.UsageException;
import java.io.Console;
import java.util.Locale;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nst cuda fetch}: NVIDIA's libraries from Maven Central, asked for and never unasked. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Downloads the CUDA 12 libraries that the CUDA backend needs.",
    description = {
      "For Linux on x86-64 with NVIDIA's driver and no CUDA: cuBLAS, cuDNN and NVRTC from Maven"
          + " Central, unpacked into nst's cache, where the CUDA backend finds them.",
      "The libraries are NVIDIA's, under the licences of CUDA (https://docs.nvidia.com/cuda/eula)"
          + " and cuDNN (https://docs.nvidia.com/deeplearning/cudnn), which you accept by using"
          + " them.",
      "NST_MAVEN_URL names another Maven repository, NST_CACHE another cache."
    },
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class CudaFetchCommand implements Runnable {

  private final Shell shell;
  private final UnaryOperator<String> ask;

  @Option(names = "--yes", description = "Do not ask before the download starts.")
  private boolean yes;

  @Option(names = "--quiet", description = "Print nothing but warnings and errors.")
  private boolean quiet;

  CudaFetchCommand(Shell shell) {
    this(shell, CudaFetchCommand::askOnTerminal);
  }

  /**
   * Makes the command.
   *
   * @param ask puts a question to the person at the terminal and returns the answer, or null
   */
  CudaFetchCommand(Shell shell, UnaryOperator<String> ask) {
    this.shell = shell;
    this.ask = ask;
  }

  private static String askOnTerminal(String question) {
    Console console = System.console();
    return console == null ? null : console.readLine("%s", question);
  }

  @Override
  public void run() {
    requireLinux();
    Shell heard = quiet ? shell.quiet() : shell;
    CudaLibraries libraries = CudaLibraries.of(heard);
    if (libraries.present()) {
      heard.out().println("CUDA's libraries are already in " + libraries.directory() + ".");
      return;
    }
    heard
        .out()
        .printf(
            Locale.ROOT,
            "This downloads %.1f GB from %s and leaves %.1f GB in %s.%n"
                + "The libraries are NVIDIA's, under its CUDA and cuDNN licences.%n",
            libraries.downloadBytes() / 1e9,
            libraries.host(),
            libraries.libraryBytes() / 1e9,
            libraries.directory());
    if (!yes && !confirmed()) {
      heard.out().println("Nothing was downloaded.");
      return;
    }
    libraries.fetch();
    heard.out().println("CUDA's libraries are in " + libraries.directory() + ".");
  }

  private void requireLinux() {
    String arch = System.getProperty("os.arch");
    boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
    if (!shell.osName().equals("Linux") || !x86) {
      throw new NstException(
          "nst cuda fetch has libraries for Linux on x86-64 only, and this is "
              + shell.osName()
              + " on "
              + arch
              + "; install CUDA 12 and cuDNN 9 from NVIDIA instead.");
    }
  }

  private boolean confirmed() {
    if (!shell.interactive()) {
      throw new UsageException(
          "nst cuda fetch asks before it downloads and there is no terminal to ask on; add --yes.");
    }
    String answer = ask.apply("Go on? [y/N] ");
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }
}
