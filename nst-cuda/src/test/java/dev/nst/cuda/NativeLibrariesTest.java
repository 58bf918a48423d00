package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.cuda.emulation.EmulatedCuda;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told where a library is missing or of no use. */
@OnEmulatedCuda
class NativeLibrariesTest {

  private static final Set<String> ALL =
      Set.of("libcuda.so.1", "libcublas.so.12", "libnvrtc.so.12", "libcudnn.so.9");

  @TempDir Path folder;

  /** Leaves all of the emulated libraries but one in the folder. */
  private void linkAllBut(String missing) throws IOException {
    LibrarySearch system = LibrarySearch.of("", Map.of(), folder, folder.resolve("fetched"));
    assumeTrue(
        system.find(missing).isEmpty(), "skipped: this machine has a " + missing + " of its own");
    for (String library : ALL) {
      if (!library.equals(missing)) {
        Files.createSymbolicLink(
            folder.resolve(library), EmulatedCuda.directory().resolve(library));
      }
    }
  }

  private String probe() throws Exception {
    return JavaProcess.run(
        PrintProbe.class,
        Map.of("CUDA_HOME", "", "CUDA_PATH", "", "LD_LIBRARY_PATH", "", "PATH", "/usr/bin:/bin"),
        List.of(
            "-Dnst.cuda.lib=" + folder, "-Djava.io.tmpdir=" + Files.createDirectory(temporary())),
        List.of());
  }

  private Path temporary() {
    return folder.resolve("temporary");
  }

  @Test
  void allLibrariesInTheNamedFolderMakeTheBackendAvailableAndNothingIsLeftBehind()
      throws Exception {
    linkAllBut("nothing");
    assertThat(probe())
        .containsPattern("(?m)^available$")
        .contains("libcudnn.so.9: " + folder.resolve("libcudnn.so.9"));
    try (Stream<Path> left = Files.list(temporary())) {
      assertThat(left.filter(file -> file.toString().contains("nst-cuda"))).isEmpty();
    }
  }

  @Test
  void withoutADriverTheMachineIsOneWithoutSuchAGpu() throws Exception {
    linkAllBut("libcuda.so.1");
    assertThat(probe())
        .contains("reason: libcuda.so.1 (the NVIDIA driver) is not found")
        .contains("remedy: install NVIDIA's driver")
        .contains("expected: true");
  }

  @Test
  void aMissingLibraryIsNamedWithThePlacesAndTheRemedies() throws Exception {
    linkAllBut("libcudnn.so.9");
    assertThat(probe())
        .contains("reason: libcudnn.so.9 is not found")
        .contains(folder.toString())
        .contains("-Dnst.cuda.lib")
        .contains("nst cuda fetch")
        .contains("expected: false");
  }

  @Test
  void aLibraryOfAnotherVersionIsNamed() throws Exception {
    linkAllBut("libcudnn.so.9");
    Files.createSymbolicLink(
        folder.resolve("libcudnn.so.8"), EmulatedCuda.directory().resolve("libcudnn.so.9"));
    assertThat(probe())
        .contains("reason: libcudnn.so.9 is not found")
        .contains(folder.resolve("libcudnn.so.8") + " is of another version");
  }

  @Test
  void onAMachineWithCuda13OnlyTheForwardingLibrariesAreTheRemedy() throws Exception {
    linkAllBut("libcublas.so.12");
    Files.createSymbolicLink(
        folder.resolve("libcublas.so.13"), EmulatedCuda.directory().resolve("libcudnn.so.9"));
    assertThat(probe()).contains("scripts/cuda13-forwarding.sh");
  }

  @Test
  void aFileThatIsNoLibraryIsNamedWithTheLoadersReason() throws Exception {
    linkAllBut("libnvrtc.so.12");
    Files.writeString(folder.resolve("libnvrtc.so.12"), "not a library");
    assertThat(probe())
        .contains("reason: libnvrtc.so.12 does not load")
        .contains("which does not load: ");
  }
}
