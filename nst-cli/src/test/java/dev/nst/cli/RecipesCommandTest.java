package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipesCommandTest {

  @TempDir private Path directory;
  private TestShell shell;

  @BeforeEach
  void openShell() {
    shell = new TestShell(directory);
  }

  @Test
  void listsEachRecipeOnOneLine() {
    assertThat(shell.run("recipes")).isZero();
    assertThat(shell.out().lines()).hasSize(Recipe.all().size());
    for (Recipe recipe : Recipe.all()) {
      assertThat(shell.out().lines()).anyMatch(line -> line.startsWith(recipe.name() + " "));
    }
  }

  @Test
  void showsARecipeAsItCanBeReadAgain() {
    for (Recipe recipe : Recipe.all()) {
      TestShell fresh = new TestShell(directory);
      assertThat(fresh.run("recipes", "show", recipe.name())).isZero();
      assertThat(RecipeJson.parse(fresh.out(), "shown")).isEqualTo(recipe);
    }
  }

  @Test
  void showsAFileWithItsBaseFilledIn() throws IOException {
    Path file = directory.resolve("mine.json");
    Files.writeString(file, "{\"base\": \"gatys\", \"seed\": 12}");
    assertThat(shell.run("recipes", "show", file.toString())).isZero();
    assertThat(RecipeJson.parse(shell.out(), "shown")).isEqualTo(Recipe.gatys().withSeed(12));
  }

  @Test
  void refusesAnUnknownKeyInOneSentence() throws IOException {
    Path file = directory.resolve("mine.json");
    Files.writeString(file, "{\"base\": \"gatys\", \"colour\": 12}");
    assertThat(shell.run("recipes", "show", file.toString())).isEqualTo(2);
    assertThat(shell.err())
        .contains("mine.json': key 'colour' is unknown; possible are averaging, clamp")
        .doesNotContain("Exception");
  }
}
