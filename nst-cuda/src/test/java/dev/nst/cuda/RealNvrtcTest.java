package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.io.CacheDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The kernels' sources are accepted by NVIDIA's own compiler, where this machine has it. */
class RealNvrtcTest {

  @Test
  void everyKernelCompilesForEveryArchitecture() throws Exception {
    LibrarySearch search = LibrarySearch.of("", System.getenv(), home(), fetched());
    Optional<Path> nvrtc = search.find("libnvrtc.so.12");
    assumeTrue(
        nvrtc.isPresent(),
        "skipped: no libnvrtc.so.12 on this machine ('nst cuda fetch' brings one)");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CompileKernels.class.getName());
    search.find("libnvrtc-builtins.so.12*").ifPresent(file -> command.add(file.toString()));
    command.add(nvrtc.get().toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("BF16 for 90").contains("F32 for 999");
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home"));
  }

  /** Where 'nst cuda fetch' leaves them; the tests' own cache is another. */
  private static Path fetched() {
    return CacheDirectory.of("cuda", Map.of(), home(), System.getProperty("os.name"));
  }
}
