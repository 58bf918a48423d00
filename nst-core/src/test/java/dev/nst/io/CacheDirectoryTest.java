package dev.nst.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheDirectoryTest {

  private static final Path HOME = Path.of("/home/vincent");

  private static String place(String system, Map<String, String> environment) {
    return CacheDirectory.of("weights", environment, HOME, system).toString().replace('\\', '/');
  }

  @Test
  void liesWhereEachSystemKeepsItsCaches() {
    assertThat(place("Linux", Map.of())).endsWith("/home/vincent/.cache/nst/weights");
    assertThat(place("Linux", Map.of("XDG_CACHE_HOME", "/var/xdg")))
        .endsWith("/var/xdg/nst/weights");
    assertThat(place("Linux", Map.of("XDG_CACHE_HOME", "relative")))
        .endsWith("/home/vincent/.cache/nst/weights");
    assertThat(place("Mac OS X", Map.of("XDG_CACHE_HOME", "/var/xdg")))
        .endsWith("/home/vincent/Library/Caches/nst/weights");
    assertThat(place("Windows 11", Map.of("LOCALAPPDATA", "/local")))
        .endsWith("/local/nst/weights");
    assertThat(place("Windows 11", Map.of())).endsWith("/home/vincent/AppData/Local/nst/weights");
  }

  @Test
  void liesWhereTheUserWantsIt() {
    assertThat(place("Windows 11", Map.of("NST_CACHE", "/mine", "LOCALAPPDATA", "/local")))
        .isEqualTo("/mine/weights");
    assertThat(place("Linux", Map.of("NST_CACHE", " "))).endsWith("/.cache/nst/weights");
  }

  @Test
  void isNotCreatedByBeingAskedFor(@TempDir Path directory) {
    Path cache = directory.resolve("cache");
    Path kernels =
        CacheDirectory.of("cuda-kernels", Map.of("NST_CACHE", cache.toString()), HOME, "Linux");
    assertThat(kernels).isEqualTo(cache.resolve("cuda-kernels"));
    assertThat(cache).doesNotExist();
    assertThat(CacheDirectory.of("cuda-kernels").getFileName()).hasToString("cuda-kernels");
  }
}
