package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.nst.backend.Availability.Available;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What depends on how Java was started, each in a JVM of its own that paints a small picture. */
@Timeout(120)
class JavaOptionsTest {

  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  /** A JVM that ended. */
  private record Ended(int status, String out, String err) {}

  @TempDir Path directory;
  private Path output;

  @BeforeEach
  void nameTheOutput() {
    output = directory.resolve("painted.png");
  }

  private Ended paint(String backend, String... javaOptions)
      throws IOException, InterruptedException {
    Path photo = TestPictures.photo(directory.resolve("photo.png"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(javaOptions));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("stylize", "--content=" + photo, "--style=" + photo));
    command.addAll(List.of("--output=" + output, "--weights=builtin", "--size=32"));
    command.addAll(List.of("--iterations=2", "--content-layers=conv1_1"));
    command.addAll(List.of("--style-layers=conv1_1=1,conv2_1=1", "--backend=" + backend));
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("ends in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private void assertPainted(Ended ended, String backend) throws IOException {
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).contains(backend);
    assertThat(Images.dimensions(output)).isEqualTo(new Dimensions(38, 32));
  }

  private void assertRefused(Ended ended, String sentence) {
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err().lines().filter(line -> !line.contains("incubator modules")))
        .containsExactly(sentence);
    assertThat(output).doesNotExist();
  }

  @Test
  void withoutTheVectorModuleItSaysWhatWouldHelpAndPaintsOnTheScalarBackend() throws Exception {
    for (BackendProvider provider : Backends.providers()) {
      boolean better = !provider.name().startsWith("cpu") && provider.probe() instanceof Available;
      assumeFalse(better, () -> "this machine has " + provider.name());
    }
    Ended ended = paint("auto");
    assertPainted(ended, "backend cpu (");
    assertThat(ended.err().lines())
        .contains(
            "WARN: Backend cpu-vector is unavailable: the JVM was started without the module"
                + " jdk.incubator.vector; add --add-modules jdk.incubator.vector to the java"
                + " command (the nst launcher does).");
  }

  @Test
  void withTheVectorModuleItPaintsWithAsManyThreadsAsAskedFor() throws Exception {
    Ended ended = paint("cpu-vector", MODULE, "-XX:ActiveProcessorCount=3", "-Dnst.threads=3");
    assertPainted(ended, "backend cpu-vector (");
    assertThat(ended.out()).contains(", 3 threads)");
  }

  @Test
  void moreThreadsThanProcessorsAreRefusedWithWhatIsPossible() throws Exception {
    assertRefused(
        paint("cpu-vector", MODULE, "-XX:ActiveProcessorCount=3", "-Dnst.threads=4"),
        "nst: -Dnst.threads must be from 1 to 3, as this JVM may use 3 processors; got '4'.");
    assertRefused(
        paint("cpu-vector", MODULE, "-XX:ActiveProcessorCount=1", "-Dnst.threads=2"),
        "nst: -Dnst.threads must be 1, as this JVM may use 1 processor; got '2'.");
  }

  @Test
  void aVectorWidthThatTheMachineDoesNotHaveIsRefusedWithWhatIsPossible() throws Exception {
    // 16 bytes are what every machine has.
    assertRefused(
        paint("cpu-vector", MODULE, "-XX:MaxVectorSize=16", "-Dnst.vector.bits=256"),
        "nst: -Dnst.vector.bits must be 128 on this machine; got '256'.");
  }
}
