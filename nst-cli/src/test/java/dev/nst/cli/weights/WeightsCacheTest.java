package dev.nst.cli.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.shell.Shell;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightsCacheTest {

  private static final Path HOME = Path.of("/home/vincent");

  private static String place(String system, Map<String, String> environment) {
    Shell shell = new Shell(System.out, System.err, environment, HOME, system, false);
    return WeightsCache.of(shell).toString().replace('\\', '/');
  }

  @Test
  void liesWhereEachSystemKeepsItsCaches() {
    assertThat(place("Linux", Map.of())).endsWith("/home/vincent/.cache/nst");
    assertThat(place("Linux", Map.of("XDG_CACHE_HOME", "/var/xdg"))).endsWith("/var/xdg/nst");
    assertThat(place("Linux", Map.of("XDG_CACHE_HOME", "relative")))
        .endsWith("/home/vincent/.cache/nst");
    assertThat(place("Mac OS X", Map.of("XDG_CACHE_HOME", "/var/xdg")))
        .endsWith("/home/vincent/Library/Caches/nst");
    assertThat(place("Windows 11", Map.of("LOCALAPPDATA", "/local"))).endsWith("/local/nst");
    assertThat(place("Windows 11", Map.of())).endsWith("/home/vincent/AppData/Local/nst");
  }

  @Test
  void liesWhereTheUserWantsIt() {
    assertThat(place("Windows 11", Map.of("NST_CACHE", "/mine", "LOCALAPPDATA", "/local")))
        .isEqualTo("/mine");
    assertThat(place("Linux", Map.of("NST_CACHE", " "))).endsWith("/.cache/nst");
  }
}
