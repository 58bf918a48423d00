package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import dev.nst.NstException;
import dev.nst.converter.PickleValue.Storage;
import dev.nst.converter.PickleValue.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A PyTorch checkpoint that holds a state dict: an open file of which only the description is read.
 *
 * <p>Nothing in the file is run. Of the pickle in it only what a state dict needs is understood;
 * anything else is refused by name.
 */
public final class Checkpoint implements AutoCloseable {

  /** How {@code torch.save} lays out a file. */
  public enum Container {
    /** A row of pickles followed by the storages; PyTorch before 1.6, and torchvision's VGGs. */
    LEGACY("PyTorch legacy pickle"),
    /** A zip archive of uncompressed entries; PyTorch from 1.6 on. */
    ZIP("PyTorch zip");

    private final String title;

    Container(String title) {
      this.title = title;
    }

    /**
     * A name for people.
     *
     * @return for example {@code "PyTorch zip"}
     */
    public String title() {
      return title;
    }
  }

  private static final int SIGNATURE_BYTES = 9;

  /** Twice what it takes to view all layers of a VGG-19 in the storage of its largest one. */
  private static final int MAX_SHARING = 16;

  private static final int PICKLE_PROTO = 0x80;

  private final CheckpointFile file;
  private final Container container;
  private final Map<String, Tensor> tensors;
  private final Map<String, Long> storagePositions;

  private Checkpoint(CheckpointFile file, Container container) {
    this.file = file;
    this.container = container;
    CheckpointContents contents =
        container == Container.ZIP ? ZipContainer.read(file) : LegacyContainer.read(file);
    this.tensors = StateDict.tensorsOf(contents.root(), file);
    this.storagePositions = contents.storagePositions();
  }

  /**
   * Opens a checkpoint of either container and reads what tensors it holds.
   *
   * @param path a file that {@code torch.save} wrote, whatever its name
   * @return the open checkpoint, to be closed by the caller
   * @throws NstException if it is missing, unreadable, damaged, or asks for anything that a state
   *     dict does not need
   */
  public static Checkpoint open(Path path) {
    CheckpointFile file = CheckpointFile.open(path);
    boolean opened = false;
    try {
      Checkpoint checkpoint = new Checkpoint(file, containerOf(file));
      opened = true;
      return checkpoint;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /**
   * Whether a file begins as one of PyTorch's containers does, whatever its name.
   *
   * @param path an existing file
   * @return true if {@link #open} is worth trying
   * @throws NstException if it is missing, empty or unreadable
   */
  public static boolean isCheckpoint(Path path) {
    try (CheckpointFile file = CheckpointFile.open(path)) {
      ByteBuffer start = signature(file);
      return isZip(start) || isPickle(start);
    }
  }

  /** Whether a file begins as a safetensors file does. */
  static boolean isSafetensors(Path path) {
    try (CheckpointFile file = CheckpointFile.open(path)) {
      return isSafetensors(signature(file));
    }
  }

  private static Container containerOf(CheckpointFile file) {
    ByteBuffer start = signature(file);
    if (isZip(start)) {
      return Container.ZIP;
    }
    if (isPickle(start)) {
      return Container.LEGACY;
    }
    if (isSafetensors(start)) {
      throw new NstException(
          "Weights file "
              + file.path()
              + " is a safetensors file already; use it as it is, without converting it.");
    }
    throw file.damaged("it begins neither like a zip archive nor like a pickle");
  }

  private static ByteBuffer signature(CheckpointFile file) {
    return file.read(0, (int) Math.min(SIGNATURE_BYTES, file.size()));
  }

  /** Eight bytes of length are followed by a JSON object. */
  private static boolean isSafetensors(ByteBuffer start) {
    return start.limit() == SIGNATURE_BYTES && start.get(SIGNATURE_BYTES - 1) == '{';
  }

  private static boolean isZip(ByteBuffer start) {
    return start.limit() >= 2 && start.get(0) == 'P' && start.get(1) == 'K';
  }

  private static boolean isPickle(ByteBuffer start) {
    return start.limit() >= 2
        && (start.get(0) & 0xff) == PICKLE_PROTO
        && start.get(1) >= 2
        && start.get(1) <= 5;
  }

  /**
   * Which container the file is.
   *
   * @return what was found in the file, whatever its name
   */
  public Container container() {
    return container;
  }

  /**
   * The tensors of the state dict.
   *
   * @return an unmodifiable list in the order in which they were saved
   */
  public List<CheckpointTensor> tensors() {
    return tensors.entrySet().stream()
        .map(
            entry ->
                new CheckpointTensor(
                    entry.getKey(), entry.getValue().storage().type(), entry.getValue().shape()))
        .toList();
  }

  /** The size of the file. */
  long bytes() {
    return file.size();
  }

  /**
   * Refuses tensors that are far larger together than the storages they are views of, since a small
   * file could be written out as one of any size.
   */
  void requireLittleSharing(Collection<CheckpointTensor> wanted) {
    Set<String> keys = new HashSet<>();
    long held = 0;
    for (CheckpointTensor tensor : wanted) {
      Storage storage = tensors.get(tensor.name()).storage();
      if (keys.add(storage.key())) {
        // No more than the file, should its storages overlap.
        held = Math.min(file.size(), held + storage.elements() * storage.type().bytes());
      }
    }
    long taken = 0;
    for (CheckpointTensor tensor : wanted) {
      TensorReader.requireDistinctElements(tensor.name(), tensors.get(tensor.name()), file);
      taken += tensor.bytes();
      if (taken > MAX_SHARING * held) {
        throw new NstException(
            "Weights file "
                + file.path()
                + " makes tensors of more than "
                + MAX_SHARING * held
                + " bytes from storages of "
                + held
                + "; save a model whose layers do not share their weights.");
      }
    }
  }

  /** Reads a tensor's elements in row-major order, piece by piece. */
  void read(String name, TensorReader.Sink sink) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor named " + printable(name));
    }
    long storageStart = storagePositions.get(tensor.storage().key());
    new TensorReader(file).read(name, tensor, storageStart, sink);
  }

  @Override
  public void close() {
    file.close();
  }
}
