package dev.nst.cuda;

import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import jcuda.CudaException;
import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/**
 * Runs library calls and turns every failure into a {@link CudaFailure}. JCuda reports a failure by
 * a status or, where {@code setExceptionsEnabled} is on, which is a matter of the whole process, by
 * an exception; both are understood.
 */
final class Checked {

  private static final Supplier<String> NO_DETAIL = () -> "";

  private Checked() {}

  /** Runs a call of the driver. */
  static void driver(String name, IntSupplier call) {
    driver(name, call, NO_DETAIL);
  }

  /** Runs a call of the driver; {@code detail} is asked for only if it fails. */
  static void driver(String name, IntSupplier call, Supplier<String> detail) {
    run(name, call, detail, CUresult::stringFor);
  }

  /** Runs a call of cuBLAS. */
  static void cublas(String name, IntSupplier call, Supplier<String> detail) {
    run(name, call, detail, cublasStatus::stringFor);
  }

  /** Runs a call of cuBLAS. */
  static void cublas(String name, IntSupplier call) {
    cublas(name, call, NO_DETAIL);
  }

  /**
   * Runs a call of cuDNN, whose version 9 numbers its statuses unlike the constants of JCudnn's
   * classes: it is asked itself for their names.
   */
  static void cudnn(String name, IntSupplier call, Supplier<String> detail) {
    run(name, call, detail, JCudnn::cudnnGetErrorString);
  }

  /** Runs a call of cuDNN. */
  static void cudnn(String name, IntSupplier call) {
    cudnn(name, call, NO_DETAIL);
  }

  /** Runs a call of NVRTC. */
  static void nvrtc(String name, IntSupplier call) {
    run(name, call, NO_DETAIL, JNvrtc::nvrtcGetErrorString);
  }

  private static void run(
      String name, IntSupplier call, Supplier<String> detail, IntFunction<String> describe) {
    int status;
    try {
      status = call.getAsInt();
    } catch (CudaException | IndexOutOfBoundsException e) {
      // The second is how JCudnn's natives fail on the list that a failed search did not write.
      throw CudaFailure.of(name, detail.get(), String.valueOf(e.getMessage()));
    }
    if (status != 0) {
      throw CudaFailure.of(name, detail.get(), describe.apply(status));
    }
  }
}
