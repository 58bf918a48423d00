package dev.nst.cuda;

import dev.nst.backend.BackendFailure;

/** A CUDA library call that failed: which one, with what, on what, and what to do about it. */
final class CudaFailure extends BackendFailure {

  private static final long serialVersionUID = 1L;

  private final String status;

  private CudaFailure(String message, String status) {
    super(message);
    this.status = status;
  }

  /**
   * Describes a failure.
   *
   * @param call the library function
   * @param detail shapes, bytes or names it was called with; may be empty
   * @param status the library's name for what happened
   */
  static CudaFailure of(String call, String detail, String status) {
    return new CudaFailure(
        "The GPU call "
            + call
            + (detail.isEmpty() ? "" : " (" + detail + ")")
            + " failed with "
            + status
            + "; "
            + remedy(status)
            + ".",
        status);
  }

  /** Returns the library's name for what happened. */
  String status() {
    return status;
  }

  boolean isOutOfMemory() {
    return status.contains("OUT_OF_MEMORY") || status.contains("ALLOC_FAILED");
  }

  boolean isNotSupported() {
    return status.contains("NOT_SUPPORTED");
  }

  private static String remedy(String status) {
    if (status.contains("OUT_OF_MEMORY") || status.contains("ALLOC_FAILED")) {
      return "end other programs that use the GPU's memory, or choose a smaller size";
    }
    if (status.contains("NOT_SUPPORTED") || status.contains("ARCH_MISMATCH")) {
      return "this GPU or library version lacks what nst needs: try --precision fp32, newer"
          + " libraries, or --backend cpu-vector";
    }
    if (status.contains("NO_DEVICE") || status.contains("SYSTEM_DRIVER_MISMATCH")) {
      return "check with nvidia-smi that the driver works and matches its kernel module";
    }
    if (status.contains("CAPTURE")) {
      return "run with -Dnst.cuda.graph=false, and please report it";
    }
    return "the GPU's state is lost for this program: start it again, check nvidia-smi, or use"
        + " --backend cpu-vector";
  }
}
