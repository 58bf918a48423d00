package dev.nst.cpu.vector.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.nst.backend.Backend;
import dev.nst.backend.Backends;
import dev.nst.image.Image;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.transfer.Recipe;
import dev.nst.transfer.StyleTransfer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Times whole iterations of the recipe {@code gatys} on random weights and pictures, a program and
 * not a test: median and best seconds, processor seconds of all threads over the second half.
 * Arguments: edge (default 512), iterations (default 12).
 */
public final class IterationBench {

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private IterationBench() {}

  /** Runs the measurement. */
  public static void main(String[] arguments) {
    int size = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 512;
    int iterations = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
    Image content = noise(size, 1);
    Image style = noise(size, 2);
    try (Backend backend = Backends.open();
        Vgg19 vgg = Vgg19.random(backend, 3, Pooling.MAX, content, style);
        StyleTransfer job =
            StyleTransfer.on(vgg)
                .content(content)
                .style(style)
                .recipe(Recipe.gatys().withIterations(iterations))
                .build()) {
      double[] ends = new double[iterations];
      long[] cpu = new long[iterations];
      job.run(
          step -> {
            ends[step.iteration()] = step.seconds();
            cpu[step.iteration()] = PROCESS.getProcessCpuTime();
          });
      double[] seconds = new double[iterations - 1];
      double cpuSeconds = (cpu[iterations - 1] - cpu[iterations / 2]) / 1e9;
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] = ends[i + 1] - ends[i];
      }
      Arrays.sort(seconds);
      Runtime runtime = Runtime.getRuntime();
      System.out.printf(
          "%s, %s, %d x %d: %.3f s an iteration (best %.3f, cpu %.3f), planned %d MiB, heap now %d MiB%n",
          System.getProperty("java.version"),
          backend.description(),
          size,
          size,
          seconds[seconds.length / 2],
          seconds[0],
          cpuSeconds / (iterations - 1 - iterations / 2),
          job.peakBytes() >> 20,
          (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }
  }

  private static Image noise(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[3 * size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Image.of(size, size, values);
  }
}
