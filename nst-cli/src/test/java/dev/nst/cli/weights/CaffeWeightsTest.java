package dev.nst.cli.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nst.cli.TestPictures;
import dev.nst.cli.TestShell;
import dev.nst.image.Images;
import dev.nst.model.VggArchitecture;
import dev.nst.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Caffe's values and torchvision's of one network: what the first convolution makes of BGR from 0
 * to 255 and of normalised RGB is the same. Only nearly, because the two means differ by up to a
 * half of 255ths, which nothing makes up for.
 */
class CaffeWeightsTest {

  private static final double[] DEVIATION = {0.229, 0.224, 0.225};
  private static final double NEARLY = 0.02;

  @TempDir private Path directory;

  /** Writes both as community checkpoints are, a plain dictionary of features.N.weight and bias. */
  private Path[] twins(VggArchitecture network) {
    float[] torchvision = new float[64 * 3 * 9];
    float[] caffe = new float[torchvision.length];
    Random random = new Random(3);
    for (int i = 0; i < torchvision.length; i++) {
      torchvision[i] = 0.6f * (random.nextFloat() - 0.5f);
      int channel = i / 9 % 3;
      int bluefirst = i + 9 * (2 - 2 * channel);
      caffe[bluefirst] = (float) (torchvision[i] / (255 * DEVIATION[channel]));
    }
    Path one = directory.resolve("torchvision.pth");
    Path other = directory.resolve("caffe.pth");
    SmallCheckpoint.write(one, network, torchvision);
    SmallCheckpoint.write(other, network, caffe);
    return new Path[] {one, other};
  }

  private String run(String... arguments) {
    TestShell shell = new TestShell(directory);
    assertThat(shell.run(arguments)).as(shell.err()).isZero();
    return shell.out();
  }

  /** What became of the photograph in three iterations, and the losses after two of them. */
  private record Painted(float[] picture, double[] losses) {}

  private Painted painted(Path weights) throws IOException {
    Path output = directory.resolve("result.png");
    Path trace = directory.resolve("trace.jsonl");
    run(
        "stylize",
        "--content=" + directory.resolve("photo.png"),
        "--style=" + directory.resolve("painting.png"),
        "--output=" + output,
        "--trace=" + trace,
        "--weights=" + weights,
        "--recipe=gatys",
        "--size=32",
        "--iterations=3",
        "--learning-rate=0.1",
        "--content-layers=conv1_2",
        "--style-layers=conv1_1=1,conv1_2=1");
    double[] losses =
        Pattern.compile("\"(?:content|style)\":([\\d.E-]+)")
            .matcher(Files.readAllLines(trace).get(2))
            .results()
            .mapToDouble(result -> Double.parseDouble(result.group(1)))
            .toArray();
    return new Painted(Images.read(output).toChw(), losses);
  }

  private String saidBy(Path weights, String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.add("stylize");
    arguments.add("--content=" + TestPictures.photo(directory.resolve("photo.png")));
    arguments.add("--style=" + TestPictures.painting(directory.resolve("painting.png")));
    arguments.add("--output=" + directory.resolve("result.png"));
    arguments.add("--weights=" + weights);
    arguments.addAll(List.of("--recipe=neural-style-pt", "--size=48", "--iterations=1"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void neuralStylePtSaysHowItWeighsItsLossesForTorchvisionsValues() {
    Path[] twins = twins(VggArchitecture.VGG16);
    Path caffe = directory.resolve("caffe.safetensors");
    run("weights", "convert", "" + twins[1], "" + caffe, "--input-convention=caffe", "--quiet");
    assertThat(saidBy(twins[0])).contains("content weighs 1.66e+04 and style 1.10e+09");
    assertThat(saidBy(twins[0], "--style-weight=7")).contains("1.66e+04 and style 7.00");
    assertThat(saidBy(caffe)).doesNotContain("weighs");
  }

  @Test
  void aCheckpointOfCaffesValuesPaintsAsTorchvisionsTwinOfItDoes() throws IOException {
    Path[] twins = twins(VggArchitecture.VGG16);
    Path caffe = directory.resolve("caffe.safetensors");
    run("weights", "convert", "" + twins[1], "" + caffe, "--input-convention=caffe", "--quiet");
    try (Safetensors converted = Safetensors.open(caffe)) {
      assertThat(converted.metadata())
          .containsEntry("architecture", "vgg16")
          .containsEntry("input_convention", "caffe");
    }

    Path photo = TestPictures.photo(directory.resolve("photo.png"));
    TestPictures.painting(directory.resolve("painting.png"));
    Painted expected = painted(twins[0]);
    Painted painted = painted(caffe);
    assertThat(expected.losses()).hasSize(2).doesNotContain(0);
    for (int i = 0; i < 2; i++) {
      double loss = expected.losses()[i];
      assertThat(painted.losses()[i]).isCloseTo(loss, within(NEARLY * loss));
    }
    double moved = difference(expected.picture(), Images.read(photo, 32).toChw());
    assertThat(moved).isGreaterThan(0.01);
    assertThat(difference(painted.picture(), expected.picture())).isLessThan(0.1 * moved);
  }

  private static double difference(float[] a, float[] b) {
    double[] differences = new double[a.length];
    Arrays.setAll(differences, i -> Math.abs(a[i] - b[i]));
    return Arrays.stream(differences).average().orElseThrow();
  }
}
