package dev.nst.cuda.emulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import jcuda.driver.JCudaDriver;

/**
 * Steers and asks the emulated CUDA device. It is one per process; a test that has changed it
 * leaves it clean with {@link #reset()}.
 *
 * <p>Works through numbers of {@code cuCtxSetLimit} and {@code cuCtxGetLimit} that no real driver
 * has (control.h holds the same numbers), before {@code cuInit} and without a context. {@link
 * EmulatedCuda#load()} must have been called.
 */
public final class EmulatedDevice {

  /** What the device can be asked for. */
  public enum Counter {
    /** Device allocations that are not freed. */
    LIVE_ALLOCATIONS(0x6e737430),
    /** Their bytes, as asked for. */
    LIVE_BYTES(0x6e737431),
    /** Page-locked host allocations that are not freed. */
    LIVE_PINNED(0x6e737432),
    /** Streams that are not destroyed. */
    LIVE_STREAMS(0x6e737433),
    /** Events that are not destroyed. */
    LIVE_EVENTS(0x6e737434),
    /** Modules that are not unloaded. */
    LIVE_MODULES(0x6e737435),
    /** Graphs and executable graphs that are not destroyed. */
    LIVE_GRAPHS(0x6e737436),
    /** Device allocations that succeeded since the process began; not set back by a reset. */
    ALLOCATIONS(0x6e737437),
    /** Calls of cuLaunchKernel that succeeded, captured ones among them. */
    KERNEL_LAUNCHES(0x6e737438),
    /** Calls of cuGraphLaunch that succeeded. */
    GRAPH_LAUNCHES(0x6e737439),
    /**
     * Calls that make the host wait for the device: cuStreamSynchronize, cuCtxSynchronize,
     * cuEventSynchronize, synchronous copies, cuMemFree, cuMemcpyDtoHAsync to pageable memory.
     */
    HOST_WAITS(0x6e73743a),
    /** Device allocations that were live when the context's last reference was released. */
    LEAKED_ALLOCATIONS(0x6e73743b),
    /** Streams, events, graphs and modules that were live then. */
    LEAKED_HANDLES(0x6e73743c),
    /** Faults asked for with {@link #failCall} that have not come yet. */
    PENDING_FAULTS(0x6e73743d),
    /** References to the first device's primary context. */
    CONTEXT_REFERENCES(0x6e73743e);

    private final int number;

    Counter(int number) {
      this.number = number;
    }
  }

  private static final int TOTAL_MEMORY = 0x6e737401;
  private static final int FOREIGN_MEMORY = 0x6e737402;
  private static final int COMPUTE_CAPABILITY = 0x6e737403;
  private static final int DEVICES = 0x6e737404;
  private static final int DRIVER_VERSION = 0x6e737405;
  private static final int QUIET = 0x6e737406;
  private static final int INJECT_NAME = 0x6e737410;
  private static final int INJECT_AFTER = 0x6e737411;
  private static final int INJECT_CODE = 0x6e737412;
  private static final int RESET = 0x6e737420;
  private static final int CLEAR_ERROR = 0x6e737421;
  private static final int LAST_MESSAGE = 0x6e737450;
  private static final int LETTERS_AT_ONCE = 8;

  private EmulatedDevice() {}

  /** The present value of a counter. */
  public static long count(Counter counter) {
    long[] value = {0};
    JCudaDriver.cuCtxGetLimit(value, counter.number);
    return value[0];
  }

  /**
   * Makes everything as when the library was loaded: no context, no allocation, no handle, no
   * error, counters at zero, the driver not initialised, properties as the environment says. Queued
   * work is dropped and nothing is reported as leaked.
   */
  public static void reset() {
    set(RESET, 0);
  }

  /** Takes back the error that a fault on the device has left. */
  public static void clearError() {
    set(CLEAR_ERROR, 0);
  }

  /** Sets the device's memory, in bytes; 8 GiB unless CUEMU_MEMORY says otherwise. */
  public static void setTotalMemory(long bytes) {
    set(TOTAL_MEMORY, bytes);
  }

  /** Sets how much of the memory another process holds, in bytes. */
  public static void setForeignMemory(long bytes) {
    set(FOREIGN_MEMORY, bytes);
  }

  /** Sets the compute capability; 8.6 unless CUEMU_COMPUTE_CAPABILITY says otherwise. */
  public static void setComputeCapability(int major, int minor) {
    set(COMPUTE_CAPABILITY, 10L * major + minor);
  }

  /** Sets the number of devices, 0 to 16. */
  public static void setDevices(int count) {
    set(DEVICES, count);
  }

  /** Sets what cuDriverGetVersion answers, 12060 for CUDA 12.6. */
  public static void setDriverVersion(int version) {
    set(DRIVER_VERSION, version);
  }

  /**
   * Stops or resumes the printing of messages to the standard error stream, for a test that
   * provokes them and looks at {@link #lastMessage()}.
   */
  public static void setQuiet(boolean quiet) {
    set(QUIET, quiet ? 1 : 0);
  }

  /**
   * Lets a call to come fail instead of doing its work. A driver's code that is fatal on a real
   * device (an illegal address, a failed launch) stays: every later call returns it too.
   *
   * @param call the function's name without its _v2, or the beginning of several: {@code
   *     cuMemAlloc}, {@code cuMemcpy}, {@code cublas}, {@code cudnnConvolutionForward}
   * @param nth which of the calls from now on, 1 for the next
   * @param code what it returns: a CUresult, or a status of the library
   */
  public static void failCall(String call, int nth, int code) {
    byte[] letters = call.getBytes(StandardCharsets.US_ASCII);
    for (int from = 0; from < letters.length; from += LETTERS_AT_ONCE) {
      ByteBuffer packed = ByteBuffer.allocate(LETTERS_AT_ONCE).order(ByteOrder.LITTLE_ENDIAN);
      packed.put(letters, from, Math.min(LETTERS_AT_ONCE, letters.length - from));
      set(INJECT_NAME, packed.getLong(0));
    }
    set(INJECT_AFTER, nth - 1L);
    set(INJECT_CODE, code);
  }

  /** The last line that the emulation has printed: what was wrong, where; empty after a reset. */
  public static String lastMessage() {
    String[] text = {""};
    JCudaDriver.cuGetErrorString(LAST_MESSAGE, text);
    return text[0];
  }

  private static void set(int number, long value) {
    JCudaDriver.cuCtxSetLimit(number, value);
  }
}
