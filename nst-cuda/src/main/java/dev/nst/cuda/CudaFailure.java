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

  /** Returns whether the driver found machine code to be none that it can run. */
  boolean isUnusableCode() {
    return status.contains("INVALID_IMAGE")
        || status.contains("INVALID_PTX")
        || status.contains("NO_BINARY_FOR_GPU")
        || status.contains("UNSUPPORTED_PTX_VERSION");
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
    if (status.startsWith("CUBLAS") || status.startsWith("CUDNN")) {
      return "see 'nst devices --verbose' for which libraries were loaded and whether their versions"
          + " fit together, or use --backend cpu-vector";
    }
    return "the GPU's state is lost for this program: start it again, check nvidia-smi, or use"
        + " --backend cpu-vector";
  }
}
