package dev.nst.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device's primary context and the one stream in which a backend's work is done, in order. The
 * primary context is shared with whatever else uses CUDA in this process, and counted by the
 * driver.
 */
final class CudaStream implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CudaStream.class);

  private final CudaDevice device;
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private boolean closed;

  CudaStream(CudaDevice device) {
    this.device = device;
    Checked.driver(
        "cuDevicePrimaryCtxRetain",
        () -> JCudaDriver.cuDevicePrimaryCtxRetain(context, CudaDevice.handle(device.ordinal())),
        device::toString);
    boolean complete = false;
    try {
      enter();
      // Not ordered with the legacy default stream, which others in this process may use.
      Checked.driver(
          "cuStreamCreate",
          () -> JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
      complete = true;
    } finally {
      if (!complete) {
        release();
      }
    }
  }

  CudaDevice device() {
    return device;
  }

  /**
   * Makes the context current on this thread: a backend may be used by one thread after another.
   */
  void enter() {
    if (closed) {
      throw new IllegalStateException("the CUDA backend was used after its close");
    }
    Checked.driver("cuCtxSetCurrent", () -> JCudaDriver.cuCtxSetCurrent(context));
  }

  /** Returns the stream, after {@link #enter}. */
  CUstream handle() {
    enter();
    return stream;
  }

  /** Returns whether what is launched is being recorded and not run. */
  boolean isCapturing() {
    int[] status = new int[1];
    Checked.driver("cuStreamIsCapturing", () -> JCudaDriver.cuStreamIsCapturing(handle(), status));
    return status[0] != 0;
  }

  /** Waits for all work. */
  void synchronize() {
    enter();
    Checked.driver("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(stream));
  }

  /**
   * Frees something even where the context has failed: there the driver frees all with the context,
   * and a second error would only hide the first.
   */
  static void quietly(String name, Runnable release) {
    try {
      release.run();
    } catch (RuntimeException e) {
      LOG.debug("{} on a device that failed before", name, e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      quietly("cuStreamSynchronize", this::synchronize);
      quietly(
          "cuStreamDestroy",
          () -> Checked.driver("cuStreamDestroy", () -> JCudaDriver.cuStreamDestroy(stream)));
      closed = true;
      release();
    }
  }

  private void release() {
    quietly(
        "cuDevicePrimaryCtxRelease",
        () ->
            Checked.driver(
                "cuDevicePrimaryCtxRelease",
                () -> JCudaDriver.cuDevicePrimaryCtxRelease(CudaDevice.handle(device.ordinal()))));
  }
}
