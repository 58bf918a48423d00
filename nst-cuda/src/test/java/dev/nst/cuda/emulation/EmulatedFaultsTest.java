package dev.nst.cuda.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a kernel does wrong ends it with an error, and one line says what and where. */
@OnEmulatedCuda
class EmulatedFaultsTest {

  private static final int ILLEGAL = CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
  private static final int FAILED = CUresult.CUDA_ERROR_LAUNCH_FAILED;
  private static final int MISALIGNED = CUresult.CUDA_ERROR_MISALIGNED_ADDRESS;

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
  void aWriteOneElementPastTheEndIsIllegal() {
    CUdeviceptr x = machine.upload(new float[100]);
    int result =
        machine.run(
            "extern \"C\" __global__ void k(float* x) {\n  x[threadIdx.x] = 1;\n}", 1, 101, x);

    assertThat(result).isEqualTo(ILLEGAL);
    assertThat(EmulatedDevice.lastMessage())
        .contains("kernel k, block (0,0,0), thread (100,0,0)")
        .contains("writes 4 bytes")
        .contains("offset 400 of an allocation of 400 bytes")
        .contains("test.cu:2");
  }

  @Test
  void aReadBeforeTheBeginningIsIllegal() {
    CUdeviceptr x = machine.upload(new float[4]);
    assertThat(machine.run("extern \"C\" __global__ void k(float* x) { x[0] = x[-1]; }", 1, 1, x))
        .isEqualTo(ILLEGAL);
    assertThat(EmulatedDevice.lastMessage())
        .contains("reads 4 bytes")
        .contains("4 bytes before an allocation of 16 bytes")
        .contains("test.cu:1");
  }

  @Test
  void theNullPointerIsIllegal() {
    assertThat(
            machine.run(
                "extern \"C\" __global__ void k(float* x) { x[0] = 1; }", 1, 1, new CUdeviceptr()))
        .isEqualTo(ILLEGAL);
  }

  @Test
  void memoryThatWasFreedIsIllegal() {
    CUdeviceptr x = machine.upload(new float[4]);
    Machine.good(() -> JCudaDriver.cuMemFree(x));
    assertThat(machine.run("extern \"C\" __global__ void k(float* x) { x[1] = 1; }", 1, 1, x))
        .isEqualTo(ILLEGAL);
    assertThat(EmulatedDevice.lastMessage()).contains("16 bytes").contains("was freed");
  }

  @Test
  void aReadOfUninitialisedGlobalMemoryFails() {
    CUdeviceptr x = machine.allocate(16);
    assertThat(machine.run("extern \"C\" __global__ void k(float* x) { x[0] = x[3]; }", 1, 1, x))
        .isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("uninitialised global memory");
  }

  @Test
  void aReadOfUninitialisedSharedMemoryFails() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x) { __shared__ float s[64];"
            + " if (threadIdx.x != 7) s[threadIdx.x] = 1; __syncthreads();"
            + " x[threadIdx.x] = s[63 - threadIdx.x]; }";
    assertThat(machine.run(source, 1, 64, x)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage())
        .contains("thread (56,0,0)")
        .contains("uninitialised shared memory");
  }

  @Test
  void sharedMemoryIsUninitialisedAgainInTheNextBlock() {
    CUdeviceptr x = machine.upload(new float[2]);
    String source =
        "extern \"C\" __global__ void k(float* x) { __shared__ float s[1];"
            + " if (blockIdx.x == 0) s[0] = 1; x[blockIdx.x] = s[0]; }";
    assertThat(machine.run(source, 2, 1, x)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("block (1,0,0)");
  }

  @Test
  void aMisalignedVectorLoadFails() {
    CUdeviceptr x = machine.upload(new float[8]);
    String source =
        "extern \"C\" __global__ void k(float* x) {"
            + " float4 v = *(const float4*)(x + 1); x[0] = v.x + v.w; }";
    assertThat(machine.run(source, 1, 1, x)).isEqualTo(MISALIGNED);
    assertThat(EmulatedDevice.lastMessage()).contains("float4").contains("test.cu:1");
  }

  @Test
  void aMisalignedScalarFails() {
    CUdeviceptr x = machine.upload(new float[8]);
    String source = "extern \"C\" __global__ void k(char* x) { *(float*)(x + 2) = 1; }";
    assertThat(machine.run(source, 1, 1, x)).isEqualTo(MISALIGNED);
  }

  @Test
  void aRaceOnSharedMemoryFails() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x) { __shared__ float s[64];"
            + " s[threadIdx.x] = 1; x[threadIdx.x] = s[63 - threadIdx.x]; }";
    assertThat(machine.run(source, 1, 64, x)).isEqualTo(FAILED);
    // The first thread runs first: for it the value that it lacks is not even there.
    assertThat(EmulatedDevice.lastMessage()).contains("uninitialised shared memory");
  }

  @Test
  void aReadThatNoBarrierSeparatesFromAnotherThreadsWriteIsARace() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x) { __shared__ float s[64];"
            + " s[threadIdx.x] = 1; __syncthreads(); s[threadIdx.x] += 1;"
            + " x[threadIdx.x] = s[(threadIdx.x + 63) % 64]; }";
    assertThat(machine.run(source, 1, 64, x)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("data race: ").contains("shared memory");
  }

  @Test
  void aWriteThatNoBarrierSeparatesFromAnotherThreadsReadIsARace() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x) { __shared__ float s[64]; int t = threadIdx.x;"
            + " s[t] = 1; __syncthreads(); float v = s[(t + 1) % 64]; s[t] = 2; x[t] = v; }";
    assertThat(machine.run(source, 1, 64, x)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage())
        .contains("data race: writes shared memory that another thread has read");
  }

  @Test
  void twoBlocksThatWriteOneElementAreARace() {
    CUdeviceptr x = machine.upload(new float[4]);
    assertThat(
            machine.run("extern \"C\" __global__ void k(float* x) { x[0] = blockIdx.x; }", 2, 1, x))
        .isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage())
        .contains("data race: writes global memory that another block");
  }

  @Test
  void anUpdateInPlaceThatReadsItsNeighbourIsARace() {
    CUdeviceptr x = machine.upload(new float[512]);
    String source =
        "extern \"C\" __global__ void k(float* x, int n) {"
            + " int i = blockIdx.x * blockDim.x + threadIdx.x; if (i > 0 && i < n) x[i] += x[i-1]; }";
    assertThat(machine.run(source, 2, 256, x, 512)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("data race: reads global memory");
  }

  @Test
  void aBarrierThatNotAllThreadsReachFails() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x) {"
            + " if (threadIdx.x < 5) __syncthreads(); x[threadIdx.x] = 1; }";
    assertThat(machine.run(source, 1, 64, x)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("divergent barrier").contains("5 of the");
  }

  @Test
  void aShuffleThatThreadsOfItsMaskMissFails() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x) {"
            + " if (threadIdx.x < 5) x[0] = __shfl_sync(0xffffffffu, 1.0f, 0); else __syncthreads(); }";
    assertThat(machine.run(source, 1, 64, x)).isEqualTo(FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("divergent").contains("warp intrinsic");
  }

  @Test
  void anIndexBehindASharedArrayFailsEvenWhenAnotherArrayLiesThere() {
    CUdeviceptr x = machine.upload(new float[64]);
    String source =
        "extern \"C\" __global__ void k(float* x, int n) { __shared__ float a[4], b[4];"
            + " a[n] = 1; b[0] = 2; x[0] = a[n] + b[0]; }";
    assertThat(machine.run(source, 1, 1, x, 4)).isEqualTo(ILLEGAL);
    assertThat(EmulatedDevice.lastMessage()).contains("index 4 out of bounds");
  }

  @Test
  void dynamicSharedMemoryEndsWhereTheLaunchSaysSo() {
    CUdeviceptr x = machine.upload(new float[64]);
    CUfunction kernel =
        machine.kernel(
            "extern \"C\" __global__ void k(float* x) { extern __shared__ float s[];"
                + " s[threadIdx.x] = 1; x[threadIdx.x] = s[threadIdx.x]; }");
    assertThat(machine.tryLaunch(kernel, 1, 32, 128, x)).isZero();
    machine.synchronize();
    assertThat(machine.tryLaunch(kernel, 1, 33, 128, x)).isZero();
    assertThat(machine.await()).isEqualTo(ILLEGAL);
    assertThat(EmulatedDevice.lastMessage()).contains("128 bytes of dynamic shared memory");
  }

  @Test
  void aKernelCannotWriteConstants() {
    String source =
        "__constant__ float c[4]; extern \"C\" __global__ void k(float* x) {"
            + " x[0] = c[1]; ((float*)c)[2] = 1; }";
    assertThat(machine.run(source, 1, 1, machine.upload(0))).isEqualTo(ILLEGAL);
    assertThat(EmulatedDevice.lastMessage()).contains("writes 4 bytes");
  }

  @Test
  void anErrorOfAKernelStaysWithTheContext() {
    CUdeviceptr x = machine.upload(new float[4]);
    machine.run("extern \"C\" __global__ void k(float* x) { x[4] = 1; }", 1, 1, x);

    assertThat(Machine.code(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)))
        .isEqualTo(ILLEGAL);
    assertThat(Machine.code(() -> JCudaDriver.cuMemcpyDtoH(Pointer.to(new float[4]), x, 16)))
        .isEqualTo(ILLEGAL);
    assertThat(machine.await()).isEqualTo(ILLEGAL);
    EmulatedDevice.clearError();
    assertThat(machine.await()).isZero();
  }

  @Test
  void aFailedAssertionEndsTheKernel() {
    CUdeviceptr x = machine.upload(new float[4]);
    assertThat(
            machine.run(
                "extern \"C\" __global__ void k(float* x) { if (!x[0]) __trap(); }", 1, 1, x))
        .isEqualTo(CUresult.CUDA_ERROR_ASSERT);
  }
}
