package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.io.CacheDirectory;
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
    List<String> libraries = new ArrayList<>();
    search.find("libnvrtc-builtins.so.12*").ifPresent(file -> libraries.add(file.toString()));
    libraries.add(nvrtc.get().toString());
    String output = JavaProcess.run(CompileKernels.class, Map.of(), List.of(), libraries);
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
