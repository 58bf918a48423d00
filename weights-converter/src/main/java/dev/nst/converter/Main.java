package dev.nst.converter;

import dev.nst.NstException;
import dev.nst.model.InputConvention;
import dev.nst.tensor.DType;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The converter on its own, for those who want nothing else of nst. */
public final class Main {
  private static final String USAGE =
      """
      Usage: weights-converter IN.pth OUT.safetensors [--dtype f32|f16|bf16]
                               [--input-convention torchvision|caffe]
             weights-converter info FILE
      Converts the features.* tensors of a PyTorch checkpoint to safetensors, or describes a file \
      of weights.\
      """;

  private static final String DTYPE = "--dtype";
  private static final String INPUT = "--input-convention";

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private Main() {}

  /**
   * Runs the converter and ends the process: status 0 when done, 1 for a failure, 2 for bad usage.
   *
   * @param arguments see {@code --help}
   */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      if (arguments.contains("--help") || arguments.contains("-h")) {
        out.println(USAGE);
        return DONE;
      }
      if (arguments.size() == 2 && arguments.get(0).equals("info")) {
        WeightsInfo.describe(Path.of(arguments.get(1))).lines().forEach(out::println);
        return DONE;
      }
      Optional<Request> request = parse(arguments);
      if (request.isEmpty()) {
        err.println(USAGE);
        return MISUSED;
      }
      convert(request.get(), out);
      return DONE;
    } catch (NstException e) {
      err.println(e.getMessage());
      return FAILED;
    } catch (InvalidPathException e) {
      err.println("This is no path: " + e.getMessage());
      return MISUSED;
    } catch (OutOfMemoryError e) {
      err.println("Java ran out of memory; allow it more with -Xmx1g and try again.");
      return FAILED;
    } catch (NoClassDefFoundError e) {
      err.println(
          "Java does not find %s; put the jars that nst needs beside the converter's."
              .formatted(e.getMessage()));
      return FAILED;
    } catch (UncheckedIOException e) {
      err.println(
          "Reading or writing failed (%s); check the disk and try again."
              .formatted(e.getCause().getMessage()));
      return FAILED;
    } catch (RuntimeException e) {
      err.println(
          "The converter failed in a way it should not (%s); please report this with the command."
              .formatted(String.valueOf(e).replaceAll("\\s+", " ")));
      return FAILED;
    }
  }

  private record Request(Path in, Path out, ConversionOptions options) {}

  /** An option may stand anywhere, as {@code --dtype f16} or {@code --dtype=f16}. */
  private static Optional<Request> parse(List<String> arguments) {
    List<String> files = new ArrayList<>();
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        files.add(argument);
        continue;
      }
      int equals = argument.indexOf('=');
      if (equals >= 0) {
        options.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else if (i + 1 < arguments.size()) {
        options.put(argument, arguments.get(++i));
      } else {
        return Optional.empty();
      }
    }
    Optional<DType> dtype = dtypeNamed(options.getOrDefault(DTYPE, "f32"));
    boolean known = Set.of(DTYPE, INPUT).containsAll(options.keySet());
    if (!known || dtype.isEmpty() || files.size() != 2) {
      return Optional.empty();
    }
    Optional<InputConvention> input =
        Optional.ofNullable(options.get(INPUT)).map(InputConvention::of);
    return Optional.of(
        new Request(
            Path.of(files.get(0)),
            Path.of(files.get(1)),
            new ConversionOptions(dtype.get(), input)));
  }

  private static Optional<DType> dtypeNamed(String name) {
    for (DType dtype : DType.values()) {
      if (dtype.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }

  private static void convert(Request request, PrintStream out) {
    Conversion conversion =
        CheckpointConverter.convert(
            request.in(), request.out(), request.options(), ProgressListener.none());
    out.printf(
        Locale.ROOT,
        "Wrote %s: %d tensors, %,d parameters in %s.%n",
        request.out(),
        conversion.tensors().size(),
        conversion.parameters(),
        request.options().dtype());
  }
}
