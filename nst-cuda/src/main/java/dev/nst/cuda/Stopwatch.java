package dev.nst.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;

/** Times work in a stream, on the device's own clock. */
final class Stopwatch implements AutoCloseable {

  private final CudaStream stream;
  private final CUevent start;
  private final CUevent end;

  Stopwatch(CudaStream stream) {
    this.stream = stream;
    start = create();
    boolean complete = false;
    try {
      end = create();
      complete = true;
    } finally {
      if (!complete) {
        destroy(start);
      }
    }
  }

  private CUevent create() {
    stream.enter();
    CUevent event = new CUevent();
    Checked.driver("cuEventCreate", () -> JCudaDriver.cuEventCreate(event, 0));
    return event;
  }

  /** Marks the beginning. */
  void start() {
    record(start);
  }

  /** Marks the end, waits for it, and returns the time between. */
  double stopMillis() {
    record(end);
    Checked.driver("cuEventSynchronize", () -> JCudaDriver.cuEventSynchronize(end));
    float[] milliseconds = new float[1];
    Checked.driver(
        "cuEventElapsedTime", () -> JCudaDriver.cuEventElapsedTime(milliseconds, start, end));
    return milliseconds[0];
  }

  private void record(CUevent event) {
    Checked.driver("cuEventRecord", () -> JCudaDriver.cuEventRecord(event, stream.handle()));
  }

  private static void destroy(CUevent event) {
    CudaStream.quietly(
        "cuEventDestroy",
        () -> Checked.driver("cuEventDestroy", () -> JCudaDriver.cuEventDestroy(event)));
  }

  @Override
  public void close() {
    destroy(start);
    destroy(end);
  }
}
