package dev.nst.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command that holds the others. */
@Command(
    name = "nst",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    header = "Paints one picture in the style of another.",
    descriptionHeading = "%n",
    description = "Neural style transfer (Gatys, Ecker, Bethge 2015) with VGG-19, on any JVM.",
    synopsisHeading = "%nUsage: ",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst demo                        paints a picture that needs no files",
      "  nst stylize --content photo.jpg --style painting.jpg --output result.png",
      "  nst stylize --help              explains every option of that",
      "  nst devices                     lists what nst can compute on",
      "",
      "Environment:",
      "  NST_WEIGHTS      the weights that --weights auto takes, as --weights",
      "  NST_WEIGHTS_URL  where --weights auto downloads from",
      "  NST_CACHE        where converted weights and fetched libraries are kept",
      "  NST_MAVEN_URL    the Maven repository that nst cuda fetch downloads from",
      "  NST_JAVA_OPTS    options for Java, such as -Xmx8g or -Dnst.threads=1",
      "",
      "Exit status: 0 done, 1 failure, 2 bad usage, 130 interrupted."
    })
final class NstCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log what happens, and show the stack trace of a failure.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }

  @Override
  public Integer call() {
    // Without a command nothing was done, and a script should notice.
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
