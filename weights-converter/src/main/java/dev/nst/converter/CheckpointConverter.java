package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import dev.nst.NstException;
import dev.nst.io.AtomicFile;
import dev.nst.model.InputConvention;
import dev.nst.model.VggArchitecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Turns a PyTorch checkpoint of a VGG into a safetensors file of its convolutions.
 *
 * <p>Taken are the weights and biases named {@code features.N.weight} and {@code features.N.bias};
 * the classifier is left behind. The {@code module.} that {@code DataParallel} puts into names is
 * taken out, and a state dict may be wrapped as {@code {'state_dict': ...}}.
 *
 * <p>Elements are copied piece by piece, so a few megabytes of heap are enough for any file.
 */
public final class CheckpointConverter {
  private static final Pattern FEATURE = Pattern.compile("features\\.\\d+\\.(weight|bias)");
  private static final Pattern DATA_PARALLEL =
      Pattern.compile("^module\\.|(?<=^features\\.)module\\.");
  private static final Pattern OUTPUT = Pattern.compile(".*\\.safetensors(\\.tmp)?");

  /** The key of the network in the output's metadata, {@link VggArchitecture#id}. */
  public static final String ARCHITECTURE = "architecture";

  private static final int NAMES_IN_MESSAGE = 3;

  private CheckpointConverter() {}

  /**
   * Converts a checkpoint.
   *
   * <p>The output's metadata say {@code format} ("pt"), {@code source} (the input's file name),
   * {@code sha256} (of the input), {@code layout} ("OIHW"), {@code input} (what pictures the
   * network expects, for people), {@link InputConvention#KEY} (the same for programs), {@link
   * #ARCHITECTURE} ("vgg19" or "vgg16", only when names and shapes are exactly those of one) and
   * {@code nst_version}.
   *
   * @param in a file that {@code torch.save} wrote, in either container
   * @param out the file to write, named {@code *.safetensors}, or {@code *.safetensors.tmp} if it
   *     is yet to be moved to its place; it is replaced only when all went well, and untouched
   *     otherwise
   * @param options number format and input convention
   * @param listener told of bytes read: once through the file for its checksum, and the tensors
   * @return what was written
   * @throws NstException if the input is missing, damaged, unsafe or holds no such tensors, if a
   *     number does not fit the format, or if the output has another name, is no regular file or
   *     cannot be written, which is found out before the input is read
   */
  public static Conversion convert(
      Path in, Path out, ConversionOptions options, ProgressListener listener) {
    requireFitOutput(in, out);
    try (Checkpoint checkpoint = Checkpoint.open(in)) {
      Map<String, CheckpointTensor> features = selectFeatures(checkpoint, in);
      checkpoint.requireLittleSharing(features.values());
      long elements = features.values().stream().mapToLong(CheckpointTensor::elements).sum();
      try (AtomicFile output = AtomicFile.open(out, elements * options.dtype().bytes())) {
        Conversion conversion = convert(checkpoint, in, features, output, options, listener);
        output.commit();
        return conversion;
      }
    }
  }

  private static Conversion convert(
      Checkpoint checkpoint,
      Path in,
      Map<String, CheckpointTensor> features,
      AtomicFile output,
      ConversionOptions options,
      ProgressListener listener) {
    long read = features.values().stream().mapToLong(CheckpointTensor::bytes).sum();
    Progress progress = new Progress(listener, checkpoint.bytes() + read);
    String sha256 = Sha256.of(in, (done, total) -> progress.reach(done));
    List<CheckpointTensor> renamed = renamed(features);
    Map<String, String> metadata = metadata(in, sha256, options.input(sha256), renamed);

    SafetensorsWriter writer = new SafetensorsWriter(output, options.dtype());
    writer.writeHeader(metadata, renamed);
    features.forEach(
        (name, tensor) ->
            checkpoint.read(
                tensor.name(),
                (values, count) -> {
                  writer.writeElements(name, values, count);
                  progress.add((long) count * tensor.type().bytes());
                }));
    return new Conversion(renamed, metadata);
  }

  /** A slip in the arguments must not cost the user the checkpoint, a photo or a device. */
  private static void requireFitOutput(Path in, Path out) {
    try {
      if (Files.exists(in) && Files.exists(out) && Files.isSameFile(in, out)) {
        throw new NstException(
            "The output '"
                + out
                + "' is the checkpoint itself; name another file for the conversion.");
      }
    } catch (IOException e) {
      throw new NstException("The output '" + out + "' cannot be looked at; name another file.", e);
    }
    AtomicFile.checkWritable(out);
    if (!OUTPUT.matcher(out.getFileName().toString().toLowerCase(Locale.ROOT)).matches()) {
      throw new NstException(
          "The name of the output '" + out + "' must end with .safetensors; choose such a name.");
    }
  }

  /** The tensors to convert, as they are in the checkpoint, by the names they will have. */
  private static Map<String, CheckpointTensor> selectFeatures(Checkpoint checkpoint, Path in) {
    Map<String, CheckpointTensor> features = new LinkedHashMap<>();
    for (CheckpointTensor tensor : checkpoint.tensors()) {
      String name = DATA_PARALLEL.matcher(tensor.name()).replaceAll("");
      if (FEATURE.matcher(name).matches() && features.put(name, tensor) != null) {
        throw new NstException(
            "Weights file "
                + in
                + " holds "
                + name
                + " twice; save one model alone and try again.");
      }
    }
    if (features.isEmpty()) {
      throw new NstException(
          "Weights file "
              + in
              + " holds no tensor named features.N.weight or features.N.bias but "
              + namesOf(checkpoint.tensors())
              + "; give a checkpoint of torchvision's vgg19 or vgg16.");
    }
    return features;
  }

  private static String namesOf(List<CheckpointTensor> tensors) {
    if (tensors.isEmpty()) {
      return "no tensors at all";
    }
    List<String> names = new ArrayList<>();
    tensors.stream().limit(NAMES_IN_MESSAGE).forEach(tensor -> names.add(printable(tensor.name())));
    String more = tensors.size() > NAMES_IN_MESSAGE ? " and others" : "";
    return String.join(", ", names) + more;
  }

  private static List<CheckpointTensor> renamed(Map<String, CheckpointTensor> features) {
    List<CheckpointTensor> renamed = new ArrayList<>();
    features.forEach(
        (name, tensor) -> renamed.add(new CheckpointTensor(name, tensor.type(), tensor.shape())));
    return renamed;
  }

  private static Map<String, String> metadata(
      Path in, String sha256, InputConvention input, List<CheckpointTensor> tensors) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("source", in.getFileName().toString());
    metadata.put("sha256", sha256);
    metadata.put("layout", "OIHW");
    metadata.put("input", input.description());
    metadata.put(InputConvention.KEY, input.id());
    architecture(tensors).ifPresent(found -> metadata.put(ARCHITECTURE, found.id()));
    metadata.put("nst_version", Version.current());
    return metadata;
  }

  /** The network whose tensors these are exactly. */
  private static Optional<VggArchitecture> architecture(List<CheckpointTensor> tensors) {
    Map<String, List<Integer>> actual = new HashMap<>();
    tensors.forEach(tensor -> actual.put(tensor.name(), tensor.shape()));
    return Arrays.stream(VggArchitecture.values())
        .filter(architecture -> architecture.tensors().equals(actual))
        .findFirst();
  }

  /** Adds up the bytes of the two passes over the input. */
  private static final class Progress {
    private final ProgressListener listener;
    private final long total;
    private long done;

    Progress(ProgressListener listener, long total) {
      this.listener = listener;
      this.total = total;
    }

    void reach(long bytes) {
      done = bytes;
      listener.progress(done, total);
    }

    void add(long bytes) {
      reach(done + bytes);
    }
  }
}
