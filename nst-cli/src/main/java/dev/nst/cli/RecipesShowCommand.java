package dev.nst.cli;

import dev.nst.cli.shell.Shell;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code nst recipes show}: prints one recipe, in the form that {@code --recipe FILE} reads. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Prints a recipe as JSON.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n")
final class RecipesShowCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(
      paramLabel = "NAME|FILE",
      converter = RecipeValues.RecipeName.class,
      description = "A recipe's name, or a JSON file, whose base is then filled in.")
  private Recipe recipe;

  RecipesShowCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    shell.out().println(RecipeJson.format(recipe));
    return 0;
  }
}
