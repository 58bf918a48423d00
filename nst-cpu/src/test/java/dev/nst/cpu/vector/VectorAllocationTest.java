package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Recipe;
import dev.nst.transfer.Step;
import dev.nst.transfer.StyleTransfer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/**
 * What an iteration allocates. Bytes do not tell: a vector that is not compiled yet is an object
 * with a small array in it, and there are millions of them. But whatever does not fit into a
 * thread's own part of the heap (TLAB) is recorded one by one, however the code was compiled, so a
 * JVM whose TLABs are smaller than the smallest feature map or Gram matrix shows every one of them.
 */
class VectorAllocationTest {

  private static final int TLAB_BYTES = 2048;
  private static final String RECORDED = "recorded: ";

  /** Paints, and prints what arrays of numbers were recorded after the second iteration. */
  static final class Painting {

    private static final int FIRST = 1;
    private static final int LAST = 6;
    private static final int SIZE = 32;
    private static final Set<String> ARRAYS = Set.of("[F", "[D", "[I", "[J");

    private final Recording recording = new Recording();
    private float[] seen;

    public static void main(String[] arguments) throws IOException {
      new Painting().run();
    }

    private void run() throws IOException {
      recording.enable("jdk.ObjectAllocationOutsideTLAB").withStackTrace();
      try (recording;
          Backend backend =
              Backends.open(VectorBackendProvider.NAME, BackendOptions.defaults().withThreads(2));
          Vgg19 vgg = Vgg19.of(backend, SyntheticWeights.source());
          StyleTransfer job =
              StyleTransfer.on(vgg)
                  .recipe(Recipe.gatys().withIterations(LAST + 1))
                  .content(picture(1))
                  .style(picture(2))
                  .build()) {
        job.run(this::listen);
        printArrays();
      }
    }

    private static Image picture(int number) {
      return Image.of(SIZE, SIZE, SyntheticImages.image(number, SIZE, SIZE));
    }

    private void listen(Step step) {
      if (step.iteration() == FIRST) {
        recording.start();
      } else if (step.iteration() == LAST) {
        allocateOneThatIsSeen();
        recording.stop();
      }
    }

    /** Shows that the recording is not blind. */
    private void allocateOneThatIsSeen() {
      seen = new float[TLAB_BYTES / Float.BYTES];
    }

    private void printArrays() throws IOException {
      Path file = Files.createTempFile("allocations", ".jfr");
      try {
        recording.dump(file);
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
          String type = event.getClass("objectClass").getName();
          long bytes = event.getLong("allocationSize");
          if (bytes > TLAB_BYTES && ARRAYS.contains(type)) {
            System.out.println(RECORDED + type + " of " + bytes + " bytes, " + whereOf(event));
          }
        }
      } finally {
        Files.delete(file);
      }
    }

    private static List<String> whereOf(RecordedEvent event) {
      return event.getStackTrace().getFrames().stream()
          .map(frame -> frame.getMethod().getName() + ":" + frame.getLineNumber())
          .limit(8)
          .toList();
    }
  }

  @Test
  void noArrayOfATensorOrWorkspaceIsAllocatedAfterTheSecondIteration() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-ResizeTLAB",
            "-XX:TLABSize=" + TLAB_BYTES,
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            Painting.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.startsWith(RECORDED)))
        .singleElement()
        .asString()
        .contains("[F of ", "allocateOneThatIsSeen");
  }
}
