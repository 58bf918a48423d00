package dev.nst.cli.paint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.watch.Scene.Setting;
import dev.nst.recipe.Recipe;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void tellEverythingThatARecipeHoldsInWordsForPeople() {
    var settings = Settings.of(Recipe.gatys(), "vgg19.pth");
    assertThat(settings)
        .contains(
            new Setting("recipe", "gatys"),
            new Setting("stages iterations", "5000"),
            new Setting("optimizer learning rate", "0.004"),
            new Setting("content weight", "8"),
            new Setting("content layers", "conv5_2"),
            new Setting(
                "style layers", "conv1_1 0.75, conv2_1 0.5, conv3_1 0.2, conv4_1 0.2, conv5_1 0.2"),
            new Setting("tv form", "mean-absolute"),
            new Setting("pooling", "max"),
            new Setting("weights", "vgg19.pth"));
    assertThat(settings.size())
        .isGreaterThanOrEqualTo(Recipe.class.getRecordComponents().length + 1);
    assertThat(settings)
        .as("%s", Arrays.toString(settings.toArray()))
        .allMatch(setting -> !setting.value().contains("[") && !setting.value().contains("@"));
  }
}
