package dev.nst.converter;

import static dev.nst.weights.WeightFiles.printable;

import dev.nst.NstException;
import dev.nst.weights.WeightFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An open checkpoint: its bytes, and the sentences in which reading it can fail. */
final class CheckpointFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  private CheckpointFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static CheckpointFile open(Path path) {
    FileChannel channel = WeightFiles.open(path);
    try {
      return new CheckpointFile(path, channel, channel.size());
    } catch (IOException e) {
      throw WeightFiles.unreadable(path, e);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /**
   * Fills {@code target} from its position to its limit with the bytes from {@code position} on.
   */
  void read(long position, ByteBuffer target) {
    try {
      WeightFiles.readFully(channel, position, target);
    } catch (EOFException e) {
      throw damaged("it ends early");
    } catch (IOException e) {
      throw WeightFiles.unreadable(path, e);
    }
  }

  /** Returns {@code count} bytes as a little-endian buffer ready to be read. */
  ByteBuffer read(long position, int count) {
    if (position < 0 || count > size - position) {
      throw damaged("it ends early");
    }
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    read(position, bytes);
    return bytes.flip();
  }

  /** Something in the file is not as PyTorch writes it. */
  NstException damaged(String what) {
    return new NstException(
        "Weights file "
            + path
            + " is not a readable PyTorch checkpoint: "
            + what
            + "; download it again, or save it anew with torch.save(model.state_dict(), path).");
  }

  /** The pickle names a Python function or class that a state dict has no use for. */
  NstException refusedGlobal(String module, String name) {
    return new NstException(
        "Weights file "
            + path
            + " asks to run "
            + printable(module + "." + name)
            + " and nst refuses to unpickle "
            + printable(module + "." + name)
            + ", because a state dict needs no such thing; if the file is yours and holds a whole"
            + " model, save it anew with torch.save(model.state_dict(), path), otherwise do not"
            + " load it anywhere.");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw WeightFiles.unreadable(path, e);
    }
  }
}
