package dev.nst.cuda.emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Correct kernels compute what they compute on a device. */
@OnEmulatedCuda
class EmulatedKernelsTest {

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
  void addsAMultipleOfAVector() {
    int n = 1000;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = i;
    }
    CUdeviceptr in = machine.upload(x);
    CUdeviceptr out = machine.upload(new float[n]);
    String source =
        "extern \"C\" __global__ void k(float a, const float* __restrict__ x, float* y, int n) {"
            + " int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) y[i] += a * x[i]; }";
    assertThat(machine.run(source, 4, 256, 2f, in, out, n)).isZero();
    assertThat(machine.download(out, n)[999]).isEqualTo(1998f);
  }

  @Test
  void reducesWithShufflesSharedMemoryAndAnAtomic() {
    int n = 100_000;
    float[] x = new float[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      x[i] = (i % 7) * 0.25f;
      sum += x[i];
    }
    CUdeviceptr in = machine.upload(x);
    CUdeviceptr out = machine.upload(0);
    String source =
        "extern \"C\" __global__ void __launch_bounds__(256) k(const float* in, float* out, int n) {\n"
            + "  __shared__ float warps[8];\n"
            + "  int i = blockIdx.x * blockDim.x + threadIdx.x;\n"
            + "  float v = i < n ? in[i] : 0.0f;\n"
            + "  for (int d = 16; d > 0; d >>= 1) v += __shfl_down_sync(0xffffffffu, v, d);\n"
            + "  if ((threadIdx.x & 31) == 0) warps[threadIdx.x >> 5] = v;\n"
            + "  __syncthreads();\n"
            + "  if (threadIdx.x < 32) {\n"
            + "    v = threadIdx.x < 8 ? warps[threadIdx.x] : 0.0f;\n"
            + "    for (int d = 4; d > 0; d >>= 1) v += __shfl_down_sync(0xffffffffu, v, d);\n"
            + "    if (threadIdx.x == 0) atomicAdd(out, v);\n"
            + "  }\n"
            + "}\n";
    assertThat(machine.run(source, (n + 255) / 256, 256, in, out, n)).isZero();
    assertThat(machine.download(out, 1)[0]).isCloseTo((float) sum, within((float) sum * 1e-5f));
  }

  @Test
  void multipliesMatricesByTilesInSharedMemory() {
    int n = 64;
    float[] a = new float[n * n];
    Arrays.setAll(new Float[n * n], i -> a[i] = (i % 5) - 2);
    float[] expected = new float[n * n];
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < n; c++) {
        for (int q = 0; q < n; q++) {
          expected[r * n + c] += a[r * n + q] * a[q * n + c];
        }
      }
    }
    CUdeviceptr in = machine.upload(a);
    CUdeviceptr out = machine.allocate(4L * n * n);
    String source =
        "extern \"C\" __global__ void k(const float* A, float* C, int n) {\n"
            + "  __shared__ float a[16][16], b[16][16];\n"
            + "  int tx = threadIdx.x % 16, ty = threadIdx.x / 16;\n"
            + "  int tiles = n / 16, r = blockIdx.x / tiles * 16 + ty, c = blockIdx.x % tiles * 16 + tx;\n"
            + "  float s = 0;\n"
            + "  for (int q = 0; q < n; q += 16) {\n"
            + "    a[ty][tx] = A[r * n + q + tx]; b[ty][tx] = A[(q + ty) * n + c];\n"
            + "    __syncthreads();\n"
            + "    for (int i = 0; i < 16; i++) s += a[ty][i] * b[i][tx];\n"
            + "    __syncthreads();\n"
            + "  }\n"
            + "  C[r * n + c] = s;\n"
            + "}\n";
    assertThat(machine.run(source, 16, 256, in, out, n)).isZero();
    assertThat(machine.download(out, n * n)).containsExactly(expected);
  }

  @Test
  void readsConstantsAndDynamicSharedMemory() {
    CUmodule module =
        machine.module(
            "__constant__ float scale[2] = {1, 0};\n"
                + "extern \"C\" __global__ void k(float* x) {\n"
                + "  extern __shared__ float s[];\n"
                + "  s[threadIdx.x] = x[threadIdx.x] * scale[0] + scale[1];\n"
                + "  __syncthreads();\n"
                + "  x[threadIdx.x] = s[blockDim.x - 1 - threadIdx.x];\n"
                + "}\n");
    CUdeviceptr scale = new CUdeviceptr();
    long[] bytes = {0};
    Machine.good(() -> JCudaDriver.cuModuleGetGlobal(scale, bytes, module, "scale"));
    assertThat(bytes[0]).isEqualTo(8);
    Machine.good(() -> JCudaDriver.cuMemcpyHtoD(scale, Pointer.to(new float[] {3, 0.5f}), 8));

    CUdeviceptr x = machine.upload(1, 2, 3, 4);
    CUfunction kernel = machine.function(module, "k");
    Machine.good(() -> machine.tryLaunch(kernel, 1, 4, 16, x));
    assertThat(machine.download(x, 4)).containsExactly(12.5f, 9.5f, 6.5f, 3.5f);
  }

  @Test
  void eachLoadedModuleHasItsOwnConstants() {
    String source =
        "__device__ float state = 0; extern \"C\" __global__ void k(float* x) {"
            + " state += 1; x[0] = state; }";
    CUdeviceptr x = machine.upload(0);
    CUfunction first = machine.kernel(source);
    CUfunction second = machine.kernel(source);
    machine.launch(first, 1, 1, x);
    machine.launch(first, 1, 1, x);
    assertThat(machine.download(x, 1)).containsExactly(2);
    machine.launch(second, 1, 1, x);
    assertThat(machine.download(x, 1)).containsExactly(1);
  }

  @Test
  void movesVectorsAndSixteenBitValues() {
    CUdeviceptr x = machine.upload(1, 2, 3, 4);
    CUdeviceptr y = machine.allocate(16);
    String source =
        "__device__ __forceinline__ unsigned short bf16(float f) {"
            + " return (unsigned short)(__float_as_uint(f) >> 16); }\n"
            + "extern \"C\" __global__ void k(const float4* x, ushort4* y) {\n"
            + "  float4 v = __ldg(x);\n"
            + "  y[0] = make_ushort4(bf16(v.x), bf16(v.y), bf16(v.z), bf16(v.w));\n"
            + "  ((ushort2*)y)[2] = make_ushort2(0, 0x3f80); ((ushort2*)y)[3] = make_ushort2(0, 0); }\n";
    assertThat(machine.run(source, 1, 1, x, y)).isZero();
    float[] bits = machine.download(y, 4);
    assertThat(Float.floatToRawIntBits(bits[0])).isEqualTo(0x4000_3f80);
    assertThat(Float.floatToRawIntBits(bits[1])).isEqualTo(0x4080_4040);
    assertThat(bits[2]).isEqualTo(1f);
  }

  @Test
  void votesAndCountsInWarpsAndBlocks() {
    CUdeviceptr x = machine.allocate(4 * 4);
    String source =
        "extern \"C\" __global__ void k(float* x) {\n"
            + "  unsigned odd = __ballot_sync(0xffffffffu, threadIdx.x & 1);\n"
            + "  int small = __syncthreads_count(threadIdx.x < 10);\n"
            + "  int any = __any_sync(0xffffffffu, threadIdx.x == 40);\n"
            + "  float up = __shfl_up_sync(0xffffffffu, (float)threadIdx.x, 1);\n"
            + "  float other = __shfl_xor_sync(0xffffffffu, (float)threadIdx.x, 3, 4);\n"
            + "  if (threadIdx.x == 33) {\n"
            + "    x[0] = __popc(odd); x[1] = small; x[2] = any * 100 + up; x[3] = other;\n"
            + "  }\n"
            + "}\n";
    assertThat(machine.run(source, 1, 64, x)).isZero();
    assertThat(machine.download(x, 4)).containsExactly(16, 10, 132, 34);
  }

  @Test
  void theLastBlockMaySumWhatOthersHaveWrittenBehindAFence() {
    CUdeviceptr partial = machine.allocate(4 * 8);
    CUdeviceptr count = machine.upload(0);
    CUdeviceptr out = machine.allocate(4);
    String source =
        "extern \"C\" __global__ void k(float* partial, unsigned* count, float* out) {\n"
            + "  __shared__ bool last;\n"
            + "  if (threadIdx.x == 0) {\n"
            + "    partial[blockIdx.x] = blockIdx.x;\n"
            + "    __threadfence();\n"
            + "    last = atomicAdd(count, 1u) == gridDim.x - 1;\n"
            + "  }\n"
            + "  __syncthreads();\n"
            + "  if (last && threadIdx.x == 0) {\n"
            + "    float sum = 0;\n"
            + "    for (int i = 0; i < gridDim.x; i++) sum += partial[i];\n"
            + "    *out = sum;\n"
            + "  }\n"
            + "}\n";
    assertThat(machine.run(source, 8, 32, partial, count, out)).isZero();
    assertThat(machine.download(out, 1)).containsExactly(28);
  }

  @Test
  void theThreadsOfAWarpMayHandDataOverBehindSyncwarp() {
    CUdeviceptr x = machine.allocate(4 * 64);
    String source =
        "extern \"C\" __global__ void k(float* x) { __shared__ float s[64]; int t = threadIdx.x;"
            + " s[t] = t; __syncwarp(); float v = s[t ^ 1]; __syncwarp(); s[t] = v + 1; x[t] = s[t]; }";
    assertThat(machine.run(source, 1, 64, x)).isZero();
    assertThat(machine.download(x, 4)).containsExactly(2, 1, 4, 3);
  }

  @Test
  void neighbouringBytesOfOneWordAreNoRace() {
    CUdeviceptr x = machine.allocate(256);
    String source =
        "extern \"C\" __global__ void k(unsigned char* x) {"
            + " __shared__ unsigned short s[64]; int t = threadIdx.x; s[t] = t;"
            + " __syncthreads(); x[t] = s[t]; x[t + 64] = s[63 - t]; }";
    assertThat(machine.run(source, 1, 64, x)).isZero();
  }

  @Test
  void templatesAndMacrosMayMakeKernelsAndShareMemory() {
    CUdeviceptr x = machine.upload(new float[32]);
    String source =
        "template <class T> __device__ T total(T v) {\n"
            + "  __shared__ T s[32]; s[threadIdx.x] = v; __syncthreads();\n"
            + "  T sum = 0; for (int i = 0; i < 32; i++) sum += s[i]; return sum; }\n"
            + "#define KERNEL(NAME, T) extern \"C\" __global__ void NAME(float* x) {"
            + " x[threadIdx.x] += (float)total<T>((T)threadIdx.x); }\n"
            + "KERNEL(k, float)\nKERNEL(k2, double)\n";
    CUmodule module = machine.module(source);
    machine.launch(machine.function(module, "k"), 1, 32, x);
    machine.launch(machine.function(module, "k2"), 1, 32, x);
    assertThat(machine.download(x, 1)).containsExactly(2 * 496);
  }
}
