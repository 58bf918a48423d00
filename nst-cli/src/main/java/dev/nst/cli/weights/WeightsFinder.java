package dev.nst.cli.weights;

import dev.nst.NstException;
import dev.nst.cli.download.Download;
import dev.nst.cli.download.DownloadException;
import dev.nst.cli.download.DownloadPolicy;
import dev.nst.cli.shell.ByteProgress;
import dev.nst.cli.shell.Failures;
import dev.nst.cli.shell.Shell;
import dev.nst.cli.shell.UsageException;
import dev.nst.cli.weights.WeightsChoice.Builtin;
import dev.nst.cli.weights.WeightsChoice.Trained;
import dev.nst.converter.CheckpointConverter;
import dev.nst.converter.Conversion;
import dev.nst.converter.ConversionOptions;
import dev.nst.converter.Sha256;
import dev.nst.tensor.DType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Answers {@code --weights}: {@code builtin}, a file, or {@code auto}, which looks at {@code
 * NST_WEIGHTS}, then in the cache, then downloads torchvision's checkpoint, and where the network
 * does not give it goes on with the embedded default and says so on the error stream.
 */
public final class WeightsFinder {

  /** The value that means "find them". */
  public static final String AUTO = "auto";

  /** The value that means the embedded random features. */
  public static final String BUILTIN = "builtin";

  private static final String VARIABLE = "NST_WEIGHTS";
  private static final String URL_VARIABLE = "NST_WEIGHTS_URL";

  /** Enough of a SHA-256 to name a file by. */
  private static final int KEY_DIGITS = 16;

  private final Shell shell;
  private final WeightsCache cache;
  private final String address;
  private final DownloadPolicy policy;

  /**
   * Finds weights.
   *
   * @param address where to download from; null for {@code NST_WEIGHTS_URL}, else torchvision's
   */
  WeightsFinder(Shell shell, WeightsCache cache, String address, DownloadPolicy policy) {
    this.shell = shell;
    this.cache = cache;
    this.address = address;
    this.policy = policy;
  }

  /**
   * Returns a finder that uses the user's cache.
   *
   * @param address where to download from; null for {@code NST_WEIGHTS_URL}, else torchvision's
   *     address
   * @throws UsageException if the address is none; the variable is looked at only when it is needed
   */
  public static WeightsFinder of(Shell shell, String address) {
    if (address != null) {
      try {
        CheckpointUrl.parse(address);
      } catch (NstException e) {
        throw new UsageException("--weights-url: " + e.getMessage());
      }
    }
    return new WeightsFinder(shell, WeightsCache.of(shell), address, DownloadPolicy.standard());
  }

  private CheckpointUrl url() {
    if (address != null) {
      return CheckpointUrl.parse(address);
    }
    String variable = shell.variable(URL_VARIABLE);
    if (variable == null) {
      return CheckpointUrl.parse(CheckpointUrl.TORCHVISION);
    }
    try {
      return CheckpointUrl.parse(variable);
    } catch (NstException e) {
      throw new NstException(URL_VARIABLE + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the weights to use, downloading and converting them where that is needed.
   *
   * @param asked {@code auto}, {@code builtin} or a path
   * @throws NstException if a file that was asked for cannot be used
   */
  public WeightsChoice find(String asked) {
    Optional<WeightsChoice> named = findNamed(asked);
    if (named.isPresent()) {
      return named.get();
    }
    CheckpointUrl url = url();
    try {
      return findCached(url).orElseGet(() -> new Trained(fetch(url), url.fileName()));
    } catch (DownloadException e) {
      warnOfBuiltin(url, e.getMessage());
      return new Builtin();
    }
  }

  /** As {@link #find}, but {@code auto} takes the embedded default rather than the network. */
  public WeightsChoice findOffline(String asked) {
    Optional<WeightsChoice> named = findNamed(asked);
    if (named.isPresent()) {
      return named.get();
    }
    CheckpointUrl url;
    try {
      url = url();
    } catch (NstException e) {
      // Without a download the address only says which file of the cache is meant.
      shell.warn(e.getMessage());
      return new Builtin();
    }
    return findCached(url).orElseGet(Builtin::new);
  }

  private Optional<WeightsChoice> findNamed(String asked) {
    if (!asked.equals(AUTO)) {
      return Optional.of(named(asked, "--weights"));
    }
    String variable = shell.variable(VARIABLE);
    return variable == null || variable.equals(AUTO)
        ? Optional.empty()
        : Optional.of(named(variable, VARIABLE));
  }

  private Optional<WeightsChoice> findCached(CheckpointUrl url) {
    return cache.find(url.convertedName()).map(file -> new Trained(file, url.fileName()));
  }

  /**
   * Returns the file that {@code --weights} or {@code NST_WEIGHTS} names, whether it exists or not;
   * nothing where they mean {@code auto} or {@code builtin}, or name no file at all.
   */
  public static Optional<Path> namedFile(Shell shell, String asked) {
    String variable = shell.variable(VARIABLE);
    String meant = asked.equals(AUTO) && variable != null ? variable : asked;
    if (meant.equals(AUTO) || meant.equals(BUILTIN)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(meant));
    } catch (InvalidPathException e) {
      // Whoever looks for the weights reports it; no result can have this name.
      return Optional.empty();
    }
  }

  private WeightsChoice named(String asked, String by) {
    if (asked.equals(BUILTIN)) {
      return new Builtin();
    }
    Path file;
    try {
      file = Path.of(asked);
    } catch (InvalidPathException e) {
      throw new NstException(by + ": '" + asked + "' is no file name.", e);
    }
    requireFile(file, by);
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return new Trained(file, file.toString());
    }
    if (name.endsWith(".pth") || name.endsWith(".pt")) {
      return new Trained(converted(file), file.toString());
    }
    throw new NstException(
        by + ": " + file + " should be a .safetensors or .pth file, or one of auto and builtin.");
  }

  private static void requireFile(Path file, String by) {
    if (!Files.exists(file)) {
      throw new NstException(
          by
              + ": there is no file "
              + file
              + "; give a .safetensors or .pth file, auto or builtin.");
    }
    if (!Files.isRegularFile(file)) {
      throw new NstException(by + ": " + file + " is no regular file.");
    }
    if (!Files.isReadable(file)) {
      throw new NstException(by + ": permission to read " + file + " is denied.");
    }
  }

  /**
   * Converts a checkpoint of the user's own, once: the result is kept under the checkpoint's hash.
   */
  private Path converted(Path checkpoint) {
    String key = "checkpoint-" + Sha256.of(checkpoint).substring(0, KEY_DIGITS);
    String name = key + ".safetensors";
    Optional<Path> earlier = cache.find(name);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    return cache.exclusively(
        key, () -> cache.find(name).orElseGet(() -> convert(checkpoint, name)));
  }

  private Path convert(Path checkpoint, String name) {
    Path unfinished = cache.path(name + ".tmp");
    try (ByteProgress progress =
        new ByteProgress(shell, "Converting " + checkpoint.getFileName())) {
      Conversion conversion =
          CheckpointConverter.convert(
              checkpoint, unfinished, ConversionOptions.of(DType.F32), progress);
      // It is named only where all tensors are there and have the right shapes.
      if (!conversion.metadata().containsKey(CheckpointConverter.ARCHITECTURE)) {
        throw new NstException(
            checkpoint
                + " lacks a tensor of VGG-19 or VGG-16, or has one of another shape ('nst weights"
                + " info' lists what it holds); give a checkpoint of torchvision's vgg19 or vgg16.");
      }
      return cache.publish(unfinished, name);
    } finally {
      delete(unfinished);
    }
  }

  /** Downloads, checks, converts and caches; only one process at a time does so. */
  private Path fetch(CheckpointUrl url) {
    return cache.exclusively(
        url.stem(), () -> cache.find(url.convertedName()).orElseGet(() -> fetchAlone(url)));
  }

  private Path fetchAlone(CheckpointUrl url) {
    Path checkpoint = cache.path(url.fileName());
    if (Files.exists(checkpoint) && !hasRightHash(url, checkpoint)) {
      shell.warn("the cached checkpoint " + checkpoint + " is damaged and is fetched anew.");
      delete(checkpoint);
    }
    if (!Files.exists(checkpoint)) {
      download(url, checkpoint);
    }
    Path weights;
    try {
      weights = convert(checkpoint, url.convertedName());
    } catch (NstException e) {
      if (isDiskFailure(e)) {
        throw e;
      }
      // It is what the address promises and still no VGG-19: keeping it would fail every run.
      delete(checkpoint);
      throw new NstException(
          "What "
              + url.uri()
              + " gives cannot be used and was thrown away ("
              + e.getMessage()
              + "); give --weights-url or NST_WEIGHTS_URL the address of torchvision's vgg19.",
          e);
    }
    // Its features are in the cache now; the rest, 468 of 548 MB, is the classifier, which paints
    // nothing.
    delete(checkpoint);
    return weights;
  }

  /** Returns whether the disk failed, and not the checkpoint that was read from it. */
  private static boolean isDiskFailure(NstException e) {
    Throwable cause = e.getCause();
    return cause instanceof IOException
        && !(cause instanceof ZipException)
        && !(cause instanceof EOFException);
  }

  private void download(CheckpointUrl url, Path checkpoint) {
    Path partial = cache.path(url.fileName() + ".part");
    try (ByteProgress progress = new ByteProgress(shell, "Downloading " + url.fileName())) {
      Download download = new Download(url.uri(), partial, policy, progress);
      download.run();
      boolean right = hasRightHash(url, partial);
      if (!right && download.resumed()) {
        // Pieces that do not fit together are worth one more try in one piece.
        download.discard();
        download.run();
        right = hasRightHash(url, partial);
      }
      if (!right) {
        download.discard();
        throw new DownloadException(
            "What came from "
                + url.uri()
                + " is not the file it should be (its SHA-256 does not begin with "
                + url.sha256Start()
                + ") and was thrown away.");
      }
      download.forgetValidator();
    }
    try {
      Files.move(partial, checkpoint);
    } catch (IOException e) {
      throw Failures.of("write", checkpoint, e);
    }
  }

  private static boolean hasRightHash(CheckpointUrl url, Path file) {
    return Sha256.of(file).startsWith(url.sha256Start());
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Failures.of("delete", file, e);
    }
  }

  private void warnOfBuiltin(CheckpointUrl url, String reason) {
    shell
        .err()
        .println(
            """

            ==== WARNING: painting WITHOUT trained weights =====================================
             Why      %s
             Lost     The built-in network has random filters and has never seen a picture:
                      colours and brush strokes come across, but shapes are followed less
                      well and the result is coarser than with the real VGG-19.
             To do    Run again when the address can be reached (548 MB, once), or download
                      %s
                      on another machine and give it with --weights FILE, set
                      NST_WEIGHTS=FILE, or put it into %s
                      --weights builtin chooses the built-in features without this warning.
            ====================================================================================
            """
                .formatted(reason, url.uri(), cache));
  }
}
