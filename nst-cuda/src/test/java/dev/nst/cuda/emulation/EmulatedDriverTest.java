package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.Machine.code;
import static dev.nst.cuda.emulation.Machine.good;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cuda.emulation.EmulatedDevice.Counter;
import java.util.concurrent.CompletableFuture;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Initialisation, contexts, launch limits, modules and injected faults. */
@OnEmulatedCuda
class EmulatedDriverTest {

  private static final int INVALID = CUresult.CUDA_ERROR_INVALID_VALUE;
  private static final String SHARED =
      "extern \"C\" __global__ void __launch_bounds__(128) k(float* x) {"
          + " extern __shared__ float d[]; __shared__ float s[256];"
          + " s[threadIdx.x] = 1; d[threadIdx.x] = s[threadIdx.x]; x[threadIdx.x] = d[threadIdx.x]; }";

  private Machine machine;

  @BeforeEach
  void open() {
    machine = Machine.open();
  }

  @AfterEach
  void close() {
    machine.close();
  }

  @Test
  void nothingWorksBeforeInitialisation() {
    EmulatedDevice.reset();
    assertThat(code(() -> JCudaDriver.cuDeviceGetCount(new int[1])))
        .isEqualTo(CUresult.CUDA_ERROR_NOT_INITIALIZED);
    assertThat(code(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4)))
        .isEqualTo(CUresult.CUDA_ERROR_NOT_INITIALIZED);
  }

  @Test
  void aMachineMayHaveNoDeviceOrSeveral() {
    EmulatedDevice.reset();
    EmulatedDevice.setDevices(0);
    assertThat(code(() -> JCudaDriver.cuInit(0))).isEqualTo(CUresult.CUDA_ERROR_NO_DEVICE);
    EmulatedDevice.setDevices(2);
    EmulatedDevice.setComputeCapability(7, 5);
    EmulatedDevice.setDriverVersion(11040);
    good(() -> JCudaDriver.cuInit(0));
    int[] value = {0};
    good(() -> JCudaDriver.cuDeviceGetCount(value));
    assertThat(value[0]).isEqualTo(2);
    good(() -> JCudaDriver.cuDriverGetVersion(value));
    assertThat(value[0]).isEqualTo(11040);
    good(() -> JCudaDriver.cuDeviceGetAttribute(value, 75, device(1)));
    assertThat(value[0]).isEqualTo(7);
    assertThat(code(() -> JCudaDriver.cuDeviceGet(new CUdevice(), 2)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_DEVICE);
  }

  @Test
  void aThreadWithoutAContextCanDoNothing() {
    int result =
        CompletableFuture.supplyAsync(
                () -> code(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)))
            .join();
    assertThat(result).isEqualTo(CUresult.CUDA_ERROR_INVALID_CONTEXT);
    good(() -> JCudaDriver.cuCtxPopCurrent(new CUcontext()));
    assertThat(code(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_CONTEXT);
  }

  @Test
  void aContextLivesUntilItsLastReferenceIsReleased() {
    CUcontext again = new CUcontext();
    good(() -> JCudaDriver.cuDevicePrimaryCtxRetain(again, device(0)));
    assertThat(EmulatedDevice.count(Counter.CONTEXT_REFERENCES)).isEqualTo(2);
    good(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device(0)));
    assertThat(machine.await()).isZero();
    good(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device(0)));
    assertThat(machine.await()).isEqualTo(CUresult.CUDA_ERROR_INVALID_CONTEXT);
    assertThat(code(() -> JCudaDriver.cuCtxSetCurrent(machine.context)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_CONTEXT);
    assertThat(code(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device(0))))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_CONTEXT);
  }

  @Test
  void launchesBeyondTheLimitsAreRefused() {
    CUdeviceptr x = machine.upload(new float[1024]);
    CUfunction plain =
        machine.kernel("extern \"C\" __global__ void k(float* x) { x[threadIdx.x] = 1; }");
    assertThat(machine.tryLaunch(plain, 1, 1025, 0, x)).isEqualTo(INVALID);
    assertThat(machine.tryLaunch(plain, 1, 0, 0, x)).isEqualTo(INVALID);
    assertThat(machine.tryLaunch(plain, 0, 1, 0, x)).isEqualTo(INVALID);
    assertThat(launch(plain, 1, 65536, x)).isEqualTo(INVALID);
    assertThat(launch(plain, 65, 1, x)).isEqualTo(INVALID);
    assertThat(machine.tryLaunch(machine.kernel(SHARED), 1, 129, 600, x)).isEqualTo(INVALID);
    assertThat(EmulatedDevice.lastMessage()).contains("__launch_bounds__ allow 128");
    assertThat(machine.await()).isZero();
  }

  private int launch(CUfunction f, int blockZ, int gridY, CUdeviceptr x) {
    return code(
        () ->
            JCudaDriver.cuLaunchKernel(
                f, 1, gridY, 1, 1, 1, blockZ, 0, machine.stream, Pointer.to(Pointer.to(x)), null));
  }

  @Test
  void moreThan48KilobytesOfSharedMemoryMustBeAskedFor() {
    CUdeviceptr x = machine.upload(new float[128]);
    CUfunction kernel = machine.kernel(SHARED);
    int[] bytes = {0};
    good(
        () ->
            JCudaDriver.cuFuncGetAttribute(
                bytes, CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, kernel));
    assertThat(bytes[0]).isEqualTo(1024);
    assertThat(machine.tryLaunch(kernel, 1, 128, 48 * 1024 - 1024, x)).isZero();
    assertThat(machine.tryLaunch(kernel, 1, 128, 48 * 1024 - 1020, x)).isEqualTo(INVALID);
    assertThat(raiseShared(kernel, 98 * 1024)).isZero();
    assertThat(machine.tryLaunch(kernel, 1, 128, 98 * 1024, x)).isZero();
    assertThat(raiseShared(kernel, 98 * 1024 + 1)).isEqualTo(INVALID);
    assertThat(machine.await()).isZero();
  }

  private static int raiseShared(CUfunction kernel, int bytes) {
    int attribute = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
    return code(() -> JCudaDriver.cuFuncSetAttribute(kernel, attribute, bytes));
  }

  @Test
  void aMissingParameterIsNoticed() {
    CUfunction kernel = machine.kernel("extern \"C\" __global__ void k(float* x) { x[0] = 1; }");
    assertThat(
            code(
                () ->
                    JCudaDriver.cuLaunchKernel(
                        kernel, 1, 1, 1, 1, 1, 1, 0, machine.stream, null, null)))
        .isEqualTo(INVALID);
    assertThat(EmulatedDevice.lastMessage()).contains("takes 1 parameters");
  }

  @Test
  void aFaultCanBeAskedForByTheNameOfACall() {
    EmulatedDevice.failCall("cuMemAlloc", 2, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    CUdeviceptr x = machine.allocate(16);
    assertThat(code(() -> JCudaDriver.cuMemAlloc(x, 16)))
        .isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    assertThat(code(() -> JCudaDriver.cuMemAlloc(x, 16))).isZero();
    assertThat(EmulatedDevice.count(Counter.PENDING_FAULTS)).isZero();
  }

  @Test
  void aLostDeviceStaysLost() {
    EmulatedDevice.failCall("cuStreamSynchronize", 1, CUresult.CUDA_ERROR_LAUNCH_FAILED);
    assertThat(machine.await()).isEqualTo(CUresult.CUDA_ERROR_LAUNCH_FAILED);
    assertThat(code(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)))
        .isEqualTo(CUresult.CUDA_ERROR_LAUNCH_FAILED);
  }

  @Test
  void codeForAnotherArchitectureIsRefused() {
    String source = "extern \"C\" __global__ void k(float* x) { x[0] = 1; }";
    CUmodule module = new CUmodule();
    String newer = Machine.ptx(source, "--gpu-architecture=compute_90");
    assertThat(code(() -> JCudaDriver.cuModuleLoadData(module, newer)))
        .isEqualTo(CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU);
    String older = Machine.ptx(source, "--gpu-architecture=compute_70");
    assertThat(code(() -> JCudaDriver.cuModuleLoadData(module, older))).isZero();
    assertThat(code(() -> JCudaDriver.cuModuleLoadData(module, ".version 8.5\n.target sm_86\n")))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_IMAGE);
  }

  @Test
  void anUnloadedModuleIsRefused() {
    CUdeviceptr x = machine.upload(0);
    CUmodule module = machine.module("extern \"C\" __global__ void k(float* x) { x[0] = 1; }");
    CUfunction kernel = machine.function(module, "k");
    assertThat(code(() -> JCudaDriver.cuModuleGetFunction(new CUfunction(), module, "absent")))
        .isEqualTo(CUresult.CUDA_ERROR_NOT_FOUND);
    good(() -> JCudaDriver.cuModuleUnload(module));
    assertThat(machine.tryLaunch(kernel, 1, 1, 0, x)).isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
    assertThat(code(() -> JCudaDriver.cuModuleUnload(module)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
  }

  @Test
  void countsLaunchesAndLiveObjects() {
    CUdeviceptr x = machine.upload(0);
    CUfunction kernel = machine.kernel("extern \"C\" __global__ void k(float* x) { x[0] = 1; }");
    machine.launch(kernel, 1, 1, x);
    assertThat(EmulatedDevice.count(Counter.KERNEL_LAUNCHES)).isEqualTo(1);
    assertThat(EmulatedDevice.count(Counter.LIVE_MODULES)).isEqualTo(1);
    assertThat(EmulatedDevice.count(Counter.LIVE_STREAMS)).isEqualTo(1);
    good(() -> JCudaDriver.cuStreamDestroy(machine.stream));
    assertThat(EmulatedDevice.count(Counter.LIVE_STREAMS)).isZero();
    assertThat(code(() -> JCudaDriver.cuStreamDestroy(new CUstream()))).isNotZero();
  }

  private static CUdevice device(int ordinal) {
    CUdevice device = new CUdevice();
    good(() -> JCudaDriver.cuDeviceGet(device, ordinal));
    return device;
  }
}
