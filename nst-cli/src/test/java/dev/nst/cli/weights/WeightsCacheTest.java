package dev.nst.cli.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.shell.Shell;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsCacheTest {

  @Test
  void liesBelowTheCacheOfTheShellAndIsNotCreatedByLooking(@TempDir Path directory) {
    Path cache = directory.resolve("cache");
    Map<String, String> environment = Map.of("NST_CACHE", cache.toString());
    Shell shell = new Shell(System.out, System.err, environment, directory, "Linux", false);
    WeightsCache weights = WeightsCache.of(shell);
    assertThat(weights).hasToString(cache.resolve("weights").toString());
    assertThat(weights.find("vgg19.safetensors")).isEmpty();
    assertThat(cache).doesNotExist();
  }
}
