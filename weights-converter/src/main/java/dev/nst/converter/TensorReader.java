package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import dev.nst.NstException;
import dev.nst.converter.PickleValue.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a tensor's elements in row-major order, a piece at a time, so that no tensor has to fit
 * into memory. Only one with other strides has the part of its storage that it covers read as a
 * whole.
 */
final class TensorReader {
  private static final int PIECE_ELEMENTS = 1 << 16;

  /** Seven times the largest kernel of a VGG-19. */
  private static final long MAX_STRIDED_BYTES = 64L << 20;

  /** Takes the next {@code count} elements, which lie at the start of {@code values}. */
  @FunctionalInterface
  interface Sink {
    void accept(double[] values, int count);
  }

  private final CheckpointFile file;

  TensorReader(CheckpointFile file) {
    this.file = file;
  }

  /**
   * Reads a tensor.
   *
   * @param name what to call it in a message
   * @param storageStart where its storage begins in the file
   */
  void read(String name, Tensor tensor, long storageStart, Sink sink) {
    ElementType type = tensor.storage().type();
    if (!type.isFloatingPoint()) {
      throw new NstException(
          "Tensor "
              + printable(name)
              + " of weights file "
              + file.path()
              + " holds "
              + type.torchName()
              + " where floating-point weights were expected; convert the model with .float() and"
              + " save it anew.");
    }
    if (tensor.elements() == 0) {
      return;
    }
    long start = storageStart + tensor.offset() * type.bytes();
    if (tensor.isContiguous()) {
      readContiguous(tensor.elements(), type, start, sink);
    } else {
      readStrided(tensor, loadSpan(name, tensor, start), sink);
    }
  }

  private void readContiguous(long elements, ElementType type, long start, Sink sink) {
    int capacity = (int) Math.min(PIECE_ELEMENTS, elements);
    double[] values = new double[capacity];
    ByteBuffer bytes = ByteBuffer.allocate(capacity * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < elements; ) {
      int count = (int) Math.min(capacity, elements - done);
      file.read(start + done * type.bytes(), bytes.clear().limit(count * type.bytes()));
      for (int i = 0; i < count; i++) {
        values[i] = type.get(bytes, i);
      }
      sink.accept(values, count);
      done += count;
    }
  }

  /** Refuses a view that must repeat elements, as it has more of them than its storage. */
  static void requireDistinctElements(String name, Tensor tensor, CheckpointFile file) {
    if (tensor.elements() > tensor.storage().elements()) {
      throw unreadableView(name, tensor, file);
    }
  }

  private static NstException unreadableView(String name, Tensor tensor, CheckpointFile file) {
    return new NstException(
        "Tensor "
            + printable(name)
            + " of weights file "
            + file.path()
            + " is a view with strides "
            + tensor.strides()
            + " that repeats elements or spans more than "
            + MAX_STRIDED_BYTES
            + " bytes; make it .contiguous() and save it anew.");
  }

  /** Everything between a strided tensor's first and last element. */
  private ByteBuffer loadSpan(String name, Tensor tensor, long start) {
    long span = 1;
    for (int d = 0; d < tensor.shape().size(); d++) {
      span += (tensor.shape().get(d) - 1L) * tensor.strides().get(d);
    }
    long bytes = span * tensor.storage().type().bytes();
    if (bytes > MAX_STRIDED_BYTES || tensor.elements() > span) {
      throw unreadableView(name, tensor, file);
    }
    return file.read(start, (int) bytes);
  }

  private static void readStrided(Tensor tensor, ByteBuffer span, Sink sink) {
    ElementType type = tensor.storage().type();
    int rank = tensor.shape().size();
    int[] index = new int[rank];
    int at = 0;
    double[] values = new double[(int) Math.min(PIECE_ELEMENTS, tensor.elements())];
    int count = 0;
    for (long left = tensor.elements(); left > 0; left--) {
      values[count++] = type.get(span, at);
      if (count == values.length || left == 1) {
        sink.accept(values, count);
        count = 0;
      }
      for (int d = rank - 1; d >= 0; d--) {
        int stride = (int) (long) tensor.strides().get(d);
        at += stride;
        if (++index[d] < tensor.shape().get(d)) {
          break;
        }
        at -= index[d] * stride;
        index[d] = 0;
      }
    }
  }
}
