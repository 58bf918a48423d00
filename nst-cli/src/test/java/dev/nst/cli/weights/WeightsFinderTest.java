package dev.nst.cli.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.TestShell;
import dev.nst.cli.download.DownloadPolicy;
import dev.nst.cli.download.FileServer;
import dev.nst.cli.weights.WeightsChoice.Builtin;
import dev.nst.cli.weights.WeightsChoice.Trained;
import dev.nst.converter.Sha256;
import dev.nst.model.VggArchitecture;
import dev.nst.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsFinderTest {

  private static final DownloadPolicy IMPATIENT =
      new DownloadPolicy(Duration.ofSeconds(5), Duration.ofSeconds(5), 2, Duration.ZERO, 1 << 30);

  @TempDir static Path shared;
  private static Path checkpoint;
  private static byte[] checkpointBytes;
  private static String checkpointName;

  @TempDir Path directory;
  private TestShell shell;

  @BeforeAll
  static void writeCheckpoint() throws IOException {
    checkpoint = shared.resolve("small.pth");
    SmallCheckpoint.write(checkpoint, "");
    checkpointBytes = Files.readAllBytes(checkpoint);
    checkpointName = "vgg19-" + Sha256.of(checkpoint).substring(0, 8) + ".pth";
  }

  @BeforeEach
  void openShell() {
    shell = new TestShell(directory);
  }

  private Path cache() {
    return directory.resolve("cache").resolve("weights");
  }

  private WeightsFinder finder(String url) {
    return new WeightsFinder(shell.shell(), WeightsCache.of(shell.shell()), url, IMPATIENT);
  }

  private String url(FileServer server) {
    return server.uri("/models/" + checkpointName).toString();
  }

  private static Path fileOf(WeightsChoice choice) {
    assertThat(choice).isInstanceOf(Trained.class);
    return ((Trained) choice).file();
  }

  private List<String> cachedNames() throws IOException {
    if (!Files.exists(cache())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cache())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void downloadsChecksConvertsAndCachesOnceAndForAll() throws IOException {
    String url;
    Path first;
    try (FileServer server = new FileServer(checkpointBytes)) {
      url = url(server);
      first = fileOf(finder(url).find("auto"));
    }
    String name = checkpointName.replace(".pth", ".safetensors");
    assertThat(cachedNames()).containsExactly(name, name + ".sha256");
    assertThat(shell.out()).contains("Downloading " + checkpointName);
    assertThat(fileOf(finder(url).find("auto"))).isEqualTo(first);
    assertThat(fileOf(finder(url).findOffline("auto"))).isEqualTo(first);
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void reportsADamagedCacheAndFetchesItAnew() throws IOException {
    try (FileServer server = new FileServer(checkpointBytes)) {
      Path weights = fileOf(finder(url(server)).find("auto"));
      String hash = Sha256.of(weights);
      byte[] bytes = Files.readAllBytes(weights);
      bytes[bytes.length / 2] ^= 1;
      Files.write(weights, bytes);
      WeightsFinder finder = finder(url(server));
      assertThat(finder.findOffline("auto")).isEqualTo(new Builtin());
      assertThat(fileOf(finder.find("auto"))).isEqualTo(weights);
      assertThat(shell.err()).containsOnlyOnce(weights + " are damaged");
      assertThat(Sha256.of(weights)).isEqualTo(hash);
      assertThat(server.ranges()).hasSize(2);
    }
  }

  @Test
  void doesNotUseCachedWeightsWithoutAChecksum() throws IOException {
    Files.createDirectories(cache());
    Files.write(cache().resolve("vgg19-dcbb9e9d.safetensors"), new byte[100]);
    assertThat(finder(TestShell.NOWHERE).find("auto")).isEqualTo(new Builtin());
    assertThat(shell.err()).contains("no checksum").contains("WITHOUT trained weights");
  }

  @Test
  void takesACheckpointThatSomebodyPutIntoTheCache() throws IOException {
    Files.createDirectories(cache());
    Files.copy(checkpoint, cache().resolve(checkpointName));
    Path weights = fileOf(finder("http://127.0.0.1:9/" + checkpointName).find("auto"));
    assertThat(weights).exists();
    assertThat(cachedNames()).doesNotContain(checkpointName);
  }

  @Test
  void throwsAwayWhatIsNotTheFileItShouldBe() throws IOException {
    byte[] other = checkpointBytes.clone();
    other[1000] ^= 1;
    try (FileServer server = new FileServer(other)) {
      assertThat(finder(url(server)).find("auto")).isEqualTo(new Builtin());
    }
    assertThat(cachedNames()).isEmpty();
    assertThat(shell.err()).contains("is not the file it should be");
  }

  @Test
  void fetchesTheWholeFileWhenThePiecesDoNotFitTogether() throws IOException {
    Files.createDirectories(cache());
    Files.write(cache().resolve(checkpointName + ".part"), new byte[1000]);
    try (FileServer server = new FileServer(checkpointBytes)) {
      assertThat(finder(url(server)).find("auto")).isInstanceOf(Trained.class);
      assertThat(server.ranges()).containsExactly("bytes=1000-", "none");
    }
  }

  @Test
  void goesOnLoudlyWithTheBuiltinWeightsWithoutANetwork() {
    assertThat(finder(TestShell.NOWHERE).find("auto")).isEqualTo(new Builtin());
    assertThat(shell.err())
        .contains("WARNING: painting WITHOUT trained weights")
        .contains("there is no connection to 127.0.0.1")
        .contains("--weights FILE")
        .contains(TestShell.NOWHERE)
        .contains(cache().toString());
  }

  @Test
  void goesOnLoudlyWithTheBuiltinWeightsWhereTheServerHasNone() throws IOException {
    try (FileServer server = new FileServer(checkpointBytes)) {
      server.answers(404);
      assertThat(finder(url(server)).find("auto")).isEqualTo(new Builtin());
    }
    assertThat(shell.err()).contains("WITHOUT trained weights").contains("404");
  }

  @Test
  void neverDownloadsOffline() throws IOException {
    try (FileServer server = new FileServer(checkpointBytes)) {
      assertThat(finder(url(server)).findOffline("auto")).isEqualTo(new Builtin());
      assertThat(server.ranges()).isEmpty();
    }
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void saysWhatToDoWhereTheCacheCannotBeMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    shell.with("NST_CACHE", file.resolve("cache").toString());
    assertThatThrownBy(() -> finder(TestShell.NOWHERE).find("auto"))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("set NST_CACHE to a directory that can be written");
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void deletesADownloadThatIsNoVgg19() throws IOException {
    Path incomplete = directory.resolve("incomplete.pth");
    SmallCheckpoint.write(incomplete, "features.34.bias");
    Path text = Files.writeString(directory.resolve("text.pth"), "no checkpoint at all");
    for (Path file : List.of(incomplete, text)) {
      String name = "/vgg19-" + Sha256.of(file).substring(0, 8) + ".pth";
      try (FileServer server = new FileServer(Files.readAllBytes(file))) {
        assertThatThrownBy(() -> finder(server.uri(name).toString()).find("auto"))
            .isInstanceOf(NstException.class)
            .hasMessageContaining("was thrown away")
            .hasMessageContaining("NST_WEIGHTS_URL");
      }
    }
    assertThat(cachedNames()).isEmpty();
  }

  @Test
  void looksAtTheAddressInTheVariableOnlyWhenItIsNeeded() {
    shell.with("NST_WEIGHTS_URL", "nowhere");
    assertThat(finder(null).find("builtin")).isEqualTo(new Builtin());
    assertThat(shell.err()).isEmpty();
    assertThatThrownBy(() -> finder(null).find("auto"))
        .isInstanceOf(NstException.class)
        .hasMessageStartingWith("NST_WEIGHTS_URL: 'nowhere'");
    assertThat(finder(null).findOffline("auto")).isEqualTo(new Builtin());
    assertThat(shell.err()).contains("NST_WEIGHTS_URL: 'nowhere'");
  }

  @Test
  void prefersTheVariableToTheCacheAndTheNetwork() throws IOException {
    Path file = Files.createFile(directory.resolve("mine.safetensors"));
    shell.with("NST_WEIGHTS", file.toString());
    assertThat(fileOf(finder(TestShell.NOWHERE).find("auto"))).isEqualTo(file);
    shell.with("NST_WEIGHTS", "builtin");
    assertThat(finder(TestShell.NOWHERE).find("auto")).isEqualTo(new Builtin());
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void saysThatTheVariableNamesNoFile() {
    shell.with("NST_WEIGHTS", directory.resolve("gone.safetensors").toString());
    assertThatThrownBy(() -> finder(TestShell.NOWHERE).find("auto"))
        .isInstanceOf(NstException.class)
        .hasMessageStartingWith("NST_WEIGHTS: there is no file");
  }

  @Test
  void prefersAFileThatIsAskedForToTheVariable() throws IOException {
    shell.with("NST_WEIGHTS", "builtin");
    Path file = Files.createFile(directory.resolve("mine.safetensors"));
    assertThat(fileOf(finder(TestShell.NOWHERE).find(file.toString()))).isEqualTo(file);
  }

  @Test
  void convertsACheckpointOfTheUsersOnlyOnce() throws IOException {
    Path weights = fileOf(finder(TestShell.NOWHERE).find(checkpoint.toString()));
    FileTime written = Files.getLastModifiedTime(weights);
    assertThat(fileOf(finder(TestShell.NOWHERE).find(checkpoint.toString()))).isEqualTo(weights);
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(written);
    assertThat(checkpoint).exists();
  }

  @Test
  void convertsACheckpointOfVgg16Too() {
    Path vgg16 = directory.resolve("vgg16.pth");
    SmallCheckpoint.write(vgg16, VggArchitecture.VGG16, "");
    try (Safetensors weights =
        Safetensors.open(fileOf(finder(TestShell.NOWHERE).find(vgg16.toString())))) {
      assertThat(VggArchitecture.of(weights)).isEqualTo(VggArchitecture.VGG16);
      assertThat(weights.metadata()).containsEntry("architecture", "vgg16");
    }
  }

  @Test
  void refusesACheckpointThatLacksATensor() throws IOException {
    Path incomplete = directory.resolve("incomplete.pth");
    SmallCheckpoint.write(incomplete, "features.34.bias");
    assertThatThrownBy(() -> finder(TestShell.NOWHERE).find(incomplete.toString()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining(incomplete + " lacks a tensor of VGG-19");
    assertThat(cachedNames()).isEmpty();
  }

  @Test
  void refusesFilesThatAreNoWeights() throws IOException {
    Path text = Files.writeString(directory.resolve("readme.txt"), "hello");
    Path fake = Files.writeString(directory.resolve("fake.pth"), "hello");
    Path folder = Files.createDirectory(directory.resolve("folder.pth"));
    for (Path file : List.of(text, fake, folder, directory.resolve("gone.pth"))) {
      assertThatThrownBy(() -> finder(TestShell.NOWHERE).find(file.toString()))
          .isInstanceOf(NstException.class)
          .hasMessageContaining(file.toString())
          .hasMessageEndingWith(".");
    }
  }

  @Test
  void letsTwoProcessesFetchAtOnceWithoutHarm() throws Exception {
    try (FileServer server = new FileServer(checkpointBytes)) {
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        List<String> command =
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FetchMain.class.getName(),
                directory.toString(),
                url(server));
        processes.add(new ProcessBuilder(Arrays.asList(command.toArray(String[]::new))).start());
      }
      for (Process process : processes) {
        String said = new String(process.getInputStream().readAllBytes());
        String wrong = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).isEmpty();
        assertThat(said).contains("RESULT " + cache());
      }
      assertThat(server.ranges()).as("requests").hasSize(1);
      assertThat(cachedNames()).hasSize(2);
    }
  }
}
