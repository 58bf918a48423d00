package dev.nst.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Owns tensors of one lifetime. Released blocks wait in free lists keyed by their size and are
 * handed out again, so that work that repeats the same allocations (an optimisation step) takes no
 * new memory from its second round on.
 *
 * <p>A run uses two arenas: {@code session} for what lives as long as the run (image, targets,
 * optimiser state; {@linkplain #seal sealed} after set-up) and {@code step} for activations and
 * gradients ({@linkplain #reset reset} before every iteration). Workspaces of kernels belong to the
 * backend.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Arena implements AutoCloseable {

  private final String name;
  private final StorageAllocator allocator;
  private final Map<Long, Deque<Storage>> free = new HashMap<>();
  private final Set<Tensor> live = new LinkedHashSet<>();
  private long bytesInUse;
  private long bytesReserved;
  private long peakBytes;
  private boolean sealed;
  private boolean closed;

  /**
   * Creates an empty arena.
   *
   * @param name what errors and logs call it
   * @param allocator the backend's memory
   */
  public Arena(String name, StorageAllocator allocator) {
    this.name = name;
    this.allocator = allocator;
  }

  /** Returns the name that errors and logs use. */
  public String name() {
    return name;
  }

  /**
   * Returns a tensor whose contents are undefined.
   *
   * @throws IllegalStateException if this arena is sealed or closed
   * @throws dev.nst.NstException if the backend has no memory left
   */
  public Tensor allocate(Shape shape, DType type) {
    if (closed || sealed) {
      throw new IllegalStateException(
          "arena '" + name + "' is " + (closed ? "closed" : "sealed") + " and allocates no more");
    }
    long bytes = allocator.bytesFor(shape, type);
    Deque<Storage> waiting = free.get(bytes);
    Storage storage;
    if (waiting == null || waiting.isEmpty()) {
      storage = allocator.allocate(bytes);
      bytesReserved += bytes;
    } else {
      storage = waiting.pop();
    }
    bytesInUse += bytes;
    peakBytes = Math.max(peakBytes, bytesInUse);
    Tensor tensor = new Tensor(this, shape, type, storage);
    live.add(tensor);
    return tensor;
  }

  /** Returns a float32 tensor whose contents are undefined. */
  public Tensor allocate(Shape shape) {
    return allocate(shape, DType.F32);
  }

  void release(Tensor tensor) {
    if (live.remove(tensor)) {
      Storage storage = tensor.markReleased();
      bytesInUse -= storage.bytes();
      free.computeIfAbsent(storage.bytes(), size -> new ArrayDeque<>()).push(storage);
    }
  }

  /** Releases every tensor and keeps the blocks for the next round. */
  public void reset() {
    List<Tensor> all = new ArrayList<>(live);
    // Youngest first, so that the next round meets the blocks in the same order every time.
    for (int i = all.size() - 1; i >= 0; i--) {
      release(all.get(i));
    }
  }

  /** Forbids further allocation; existing tensors stay usable. */
  public void seal() {
    sealed = true;
  }

  /** Returns the bytes held by tensors that are not released. */
  public long bytesInUse() {
    return bytesInUse;
  }

  /** Returns the bytes taken from the backend, waiting blocks included. */
  public long bytesReserved() {
    return bytesReserved;
  }

  /** Returns the largest {@link #bytesInUse} so far. */
  public long peakBytes() {
    return peakBytes;
  }

  /**
   * Releases every tensor and gives all memory back to the backend. A second close does nothing.
   */
  @Override
  public void close() {
    if (!closed) {
      reset();
      free.values().forEach(blocks -> blocks.forEach(Storage::free));
      free.clear();
      bytesReserved = 0;
      closed = true;
    }
  }
}
