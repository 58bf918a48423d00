package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.EmulatedCuda;
import dev.nst.cuda.emulation.EmulatedDevice;
import dev.nst.cuda.emulation.EmulatedDevice.Counter;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens when the device or a library fails, at the start and in the middle of a run. */
@OnEmulatedCuda
class DeviceFaultTest {

  private static final int CUBLAS_STATUS_EXECUTION_FAILED = 13;
  private static final int CUDNN_STATUS_NOT_SUPPORTED = 3000;
  private static final int CUDNN_STATUS_EXECUTION_FAILED = 5000;

  @BeforeEach
  void start() {
    EmulatedCuda.load();
    EmulatedDevice.reset();
  }

  @AfterEach
  void reset() {
    EmulatedDevice.reset();
  }

  private static void run(int iterations) {
    try (Backend backend = TestDevices.open(Precision.FP16)) {
      SmallJob.paint(backend, iterations, null);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cuLaunchKernel, 30, 719, CUDA_ERROR_LAUNCH_FAILED",
    "cuGraphLaunch, 1, 719, CUDA_ERROR_LAUNCH_FAILED",
    "cuGraphInstantiate, 1, 2, CUDA_ERROR_OUT_OF_MEMORY",
    "cuStreamEndCapture, 1, 900, CUDA_ERROR_STREAM_CAPTURE",
    "cuMemAlloc, 20, 2, CUDA_ERROR_OUT_OF_MEMORY",
    "cuStreamSynchronize, 2, 46, CUDA_ERROR_DEVICE_UNAVAILABLE",
    "cublasGemmEx, 3, 13, EXECUTION_FAILED",
    "cublasCreate, 1, 1, NOT_INITIALIZED",
    "cudnnCreate, 1, 1001, NOT_INITIALIZED",
    "cudnnConvolutionBackwardData, 1, 5000, EXECUTION_FAILED"
  })
  void aFaultNamesItsCallAndLeavesNothingBehind(String call, int nth, int code, String status) {
    EmulatedDevice.failCall(call, nth, code);
    assertThatThrownBy(() -> run(4))
        .isInstanceOf(NstException.class)
        .hasMessageContaining(call)
        .hasMessageContaining(status);
    EmulatedDevice.clearError();
    DeviceUseTest.assertNothingIsHeld();
  }

  @Test
  void anotherProgramThatTakesTheMemoryEndsTheRunWithARemedy() {
    try (Backend backend = TestDevices.open(Precision.BF16)) {
      // Everything but what the backend holds already.
      EmulatedDevice.setForeignMemory(backend.availableBytes() - backend.workspaceBytes());
      assertThatThrownBy(() -> SmallJob.paint(backend, 2, null))
          .isInstanceOf(NstException.class)
          .hasMessageContaining("MiB");
    }
    DeviceUseTest.assertNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource
  void aConvolutionThatTheLibraryDoesNotFuseGivesTheSameLosses(Precision precision) {
    List<Double> fused = new ArrayList<>();
    try (Backend backend = TestDevices.open(precision)) {
      SmallJob.paint(backend, 3, step -> fused.add(step.losses().total()));
    }
    List<Double> separate = new ArrayList<>();
    try (Backend backend = TestDevices.open(precision)) {
      EmulatedDevice.failCall(
          "cudnnConvolutionBiasActivationForward", 1, CUDNN_STATUS_NOT_SUPPORTED);
      SmallJob.paint(backend, 3, step -> separate.add(step.losses().total()));
      assertThat(EmulatedDevice.count(Counter.PENDING_FAULTS)).isZero();
    }
    for (int i = 0; i < fused.size(); i++) {
      assertThat(separate.get(i)).isCloseTo(fused.get(i), withinPercentage(1));
    }
  }

  @Test
  void keptKernelsThatDoNotLoadAreCompiledAnew() {
    EmulatedDevice.failCall("cuModuleLoadData", 1, CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU);
    run(1);
    assertThat(EmulatedDevice.count(Counter.PENDING_FAULTS)).isZero();
    DeviceUseTest.assertNothingIsHeld();
  }

  @Test
  void memoryThatIsGoneInTheMiddleNamesTheBytesAndTheRemedy() {
    EmulatedDevice.failCall("cuMemAlloc", 25, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    assertThatThrownBy(() -> run(2))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("bytes on Emulated CUDA device 0")
        .hasMessageContaining("end other programs")
        .hasMessageContaining("choose a smaller size");
  }

  @Test
  void everyCallMayFailAndNothingIsHeldAfterwards() {
    // Calls before the failing one go well, so a run that ends well has seen all faults.
    int failures = 0;
    for (String library : new String[] {"cu", "cublas", "cudnn"}) {
      int code =
          switch (library) {
            case "cublas" -> CUBLAS_STATUS_EXECUTION_FAILED;
            case "cudnn" -> CUDNN_STATUS_EXECUTION_FAILED;
            default -> CUresult.CUDA_ERROR_UNKNOWN;
          };
      // Every call early on, where each is another one, and fewer later.
      for (int nth = 1; ; nth += 1 + nth / 30) {
        EmulatedDevice.reset();
        EmulatedDevice.failCall(library, nth, code);
        boolean failed = false;
        try {
          run(3);
        } catch (NstException e) {
          failed = true;
          failures++;
        }
        boolean pending = EmulatedDevice.count(Counter.PENDING_FAULTS) > 0;
        EmulatedDevice.clearError();
        if (pending && !failed) {
          break;
        }
        // A fault in a call that releases something is logged, and what it leaves is its own.
        if (failed) {
          assertThat(EmulatedDevice.count(Counter.LIVE_ALLOCATIONS))
              .as("allocations after call %d of %s failed", nth, library)
              .isZero();
          assertThat(EmulatedDevice.count(Counter.CONTEXT_REFERENCES))
              .as("context references after call %d of %s failed", nth, library)
              .isZero();
        }
      }
    }
    assertThat(failures).isGreaterThan(60);
  }
}
