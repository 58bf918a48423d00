package dev.nst.cli;

import dev.nst.cli.shell.Shell;
import dev.nst.recipe.Recipe;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nst recipes}: lists the recipes that have a name. */
@Command(
    name = "recipes",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Lists the recipes, and shows what is in one.",
    synopsisHeading = "%nUsage: ",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  nst recipes show multiscale > mine.json   a recipe to change",
      "  nst stylize --recipe mine.json ...        and to paint by"
    })
final class RecipesCommand implements Callable<Integer> {

  private final Shell shell;

  RecipesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    for (Recipe recipe : Recipe.all()) {
      shell.out().printf(Locale.ROOT, "%-16s %s%n", recipe.name(), recipe.summary());
    }
    return 0;
  }
}
