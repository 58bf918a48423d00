package dev.nst.cuda;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, last first, once. */
final class Closing {

  /** Something that closes without a checked exception. */
  interface Closeable extends AutoCloseable {
    @Override
    void close();
  }

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  void close() {
    while (!opened.isEmpty()) {
      AutoCloseable resource = opened.pop();
      CudaStream.quietly(
          "close",
          () -> {
            try {
              resource.close();
            } catch (RuntimeException e) {
              throw e;
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }
}
