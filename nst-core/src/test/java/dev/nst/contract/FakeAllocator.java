package dev.nst.contract;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Storage;
import dev.nst.tensor.StorageAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of no backend: blocks that only know their size. They take a multiple of 16 bytes, so that
 * shapes of different sizes can share them.
 */
public final class FakeAllocator implements StorageAllocator {

  /** A block without contents. */
  public static final class Block implements Storage {
    private final long bytes;
    private boolean freed;

    private Block(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void free() {
      if (freed) {
        throw new IllegalStateException("a block was freed twice");
      }
      freed = true;
    }

    /** Returns whether the block was given back. */
    public boolean isFreed() {
      return freed;
    }
  }

  private final List<Block> blocks = new ArrayList<>();

  /** Returns every block handed out so far. */
  public List<Block> blocks() {
    return blocks;
  }

  @Override
  public long bytesFor(Shape shape, DType type) {
    return (shape.size() * type.bytes() + 15) / 16 * 16;
  }

  @Override
  public Storage allocate(long bytes) {
    Block block = new Block(bytes);
    blocks.add(block);
    return block;
  }
}
