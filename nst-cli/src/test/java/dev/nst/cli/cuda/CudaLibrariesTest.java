package dev.nst.cli.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.cli.TestShell;
import dev.nst.cli.download.DownloadException;
import dev.nst.cli.download.DownloadPolicy;
import dev.nst.cli.download.FileServer;
import dev.nst.converter.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {

  private static final DownloadPolicy IMPATIENT =
      new DownloadPolicy(Duration.ofSeconds(5), Duration.ofSeconds(5), 2, Duration.ZERO, 1 << 20);

  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";

  @TempDir Path directory;
  private TestShell shell;
  private byte[] jar;
  private String hash;
  private FileServer server;

  @BeforeEach
  void serve() throws IOException {
    shell = new TestShell(directory);
    jar =
        jar(
            FOLDER + "libcublas.so.12",
            FOLDER + "libcudnn.so.9",
            FOLDER + "libcudnn_ops.so.9",
            FOLDER + "libnvrtc-builtins.so.12.6",
            FOLDER + "libcusolver.so.11",
            FOLDER + "../../../libcublas.so.12",
            "libcublas.so.12",
            "META-INF/MANIFEST.MF");
    Path file = Files.write(directory.resolve("original.jar"), jar);
    hash = Sha256.of(file);
    server = new FileServer(jar);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] jar(String... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
        zip.write(entry.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private CudaLibraries libraries(long libraryBytes) {
    CudaPackage wanted =
        new CudaPackage(server.uri("/cuda.jar"), hash, jar.length, libraryBytes, "12.6-9.5");
    return new CudaLibraries(
        shell.shell(),
        wanted,
        directory.resolve("cache/cuda"),
        directory.resolve("cache/cuda-download"),
        IMPATIENT);
  }

  private CudaLibraries libraries() {
    return libraries(100);
  }

  private List<String> filesIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void unpacksTheWantedLibrariesSideBySideAndRemovesTheJar() throws IOException {
    CudaLibraries libraries = libraries();
    assertThat(libraries.present()).isFalse();
    libraries.fetch();
    assertThat(libraries.present()).isTrue();
    assertThat(filesIn(libraries.directory()))
        .containsExactly(
            "libcublas.so.12", "libcudnn.so.9", "libcudnn_ops.so.9", "libnvrtc-builtins.so.12.6");
    assertThat(libraries.directory().resolve("libcublas.so.12"))
        .hasContent(FOLDER + "libcublas.so.12");
    assertThat(filesIn(directory.resolve("cache/cuda"))).containsExactly("12.6-9.5");
    assertThat(filesIn(directory.resolve("cache/cuda-download"))).containsExactly("fetch.lock");
  }

  @Test
  void downloadsNothingTwice() {
    libraries().fetch();
    libraries().fetch();
    assertThat(server.ranges()).hasSize(1);
  }

  @Test
  void goesOnWhereAnEarlierRunStopped() throws IOException {
    Path parent = Files.createDirectories(directory.resolve("cache/cuda-download"));
    Files.write(parent.resolve("12.6-9.5.jar.part"), Arrays.copyOf(jar, 100));
    libraries().fetch();
    assertThat(server.ranges()).containsExactly("bytes=100-");
    assertThat(libraries().present()).isTrue();
  }

  @Test
  void beginsAnewWhereTheEarlierPartWasOfAnotherFile() throws IOException {
    Path parent = Files.createDirectories(directory.resolve("cache/cuda-download"));
    Files.write(parent.resolve("12.6-9.5.jar.part"), new byte[100]);
    libraries().fetch();
    assertThat(server.ranges()).containsExactly("bytes=100-", "none");
    assertThat(libraries().present()).isTrue();
  }

  @Test
  void removesWhatAnInterruptedRunUnpacked() throws IOException {
    Path left = Files.createDirectories(directory.resolve("cache/cuda-download/12.6-9.5"));
    Files.writeString(left.resolve("libcublas.so.12"), "half");
    libraries().fetch();
    assertThat(left).doesNotExist();
    assertThat(libraries().directory().resolve("libcublas.so.12"))
        .hasContent(FOLDER + "libcublas.so.12");
  }

  @Test
  void refusesAndDeletesAnotherFile() throws IOException {
    server.changesTo(jar(FOLDER + "libcublas.so.12"), "\"two\"");
    assertThatThrownBy(() -> libraries().fetch())
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("SHA-256")
        .hasMessageContaining("NST_MAVEN_URL");
    assertThat(libraries().present()).isFalse();
    assertThat(filesIn(directory.resolve("cache/cuda-download"))).containsExactly("fetch.lock");
  }

  @Test
  void asksForSpaceBeforeItDownloads() {
    assertThatThrownBy(() -> libraries(1L << 60).fetch())
        .isInstanceOf(NstException.class)
        .hasMessageContaining("MiB are free")
        .hasMessageContaining("NST_CACHE");
    assertThat(server.ranges()).isEmpty();
  }

  @Test
  void takesTheLibrariesFromMavenCentralUnlessToldOtherwise() {
    CudaPackage standard = CudaPackage.standard(shell.shell());
    assertThat(standard.uri())
        .hasScheme("https")
        .hasHost("repo.maven.apache.org")
        .hasPath(
            "/maven2/org/bytedeco/cuda/12.6-9.5-1.5.11/cuda-12.6-9.5-1.5.11-linux-x86_64-redist.jar");
    shell.with("NST_MAVEN_URL", "http://mirror.example/maven/");
    assertThat(CudaPackage.standard(shell.shell()).uri())
        .hasToString(
            standard.uri().toString().replaceFirst(".*/maven2/", "http://mirror.example/maven/"));
    shell.with("NST_MAVEN_URL", "somewhere");
    assertThatThrownBy(() -> CudaPackage.standard(shell.shell()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("'somewhere' is none");
  }
}
