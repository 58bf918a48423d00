package dev.nst.cuda.emulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.cuda.emulation.DeviceFixture.Format;
import java.util.Arrays;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The emulated cuBLAS multiplies as the definition says. */
@OnEmulatedCuda
class CublasProductsTest {

  private static final int COMPUTE_32F = 68;
  private static final int COMPUTE_32F_FAST_TF32 = 77;
  private static final int DEFAULT_ALGORITHM = -1;

  private DeviceFixture device;
  private cublasHandle handle;

  @BeforeEach
  void open() {
    device = new DeviceFixture();
    JCublas2.setExceptionsEnabled(true);
    handle = new cublasHandle();
    JCublas2.cublasCreate(handle);
    JCublas2.cublasSetStream(handle, device.libraryStream);
  }

  @AfterEach
  void close() {
    JCublas2.cublasDestroy(handle);
    device.close();
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void everyTransposeAndPaddingGivesTheDefinedProduct(Format format) {
    for (int transposes = 0; transposes < 4; transposes++) {
      boolean transposeA = (transposes & 1) != 0;
      boolean transposeB = (transposes & 2) != 0;
      for (int[] size : new int[][] {{1, 1, 1}, {7, 13, 5}, {37, 41, 67}, {130, 65, 300}}) {
        check(format, transposeA, transposeB, size[0], size[1], size[2]);
      }
    }
  }

  private void check(Format format, boolean transposeA, boolean transposeB, int m, int n, int k) {
    int lda = (transposeA ? k : m) + 3;
    int ldb = (transposeB ? n : k) + 1;
    int ldc = m + 2;
    float[] a = DeviceFixture.random(format, lda * (transposeA ? m : k), 1);
    float[] b = DeviceFixture.random(format, ldb * (transposeB ? k : n), 2);
    float[] c = DeviceFixture.random(format, ldc * n, 3);
    float alpha = 0.75f;
    float beta = -0.5f;
    CUdeviceptr memoryA = device.upload(format, a);
    CUdeviceptr memoryB = device.upload(format, b);
    CUdeviceptr memoryC = device.upload(format, c);
    JCublas2.cublasGemmEx_new(
        handle,
        transposeA ? 1 : 0,
        transposeB ? 1 : 0,
        m,
        n,
        k,
        DeviceFixture.scalar(alpha),
        memoryA,
        format.cublas,
        lda,
        memoryB,
        format.cublas,
        ldb,
        DeviceFixture.scalar(beta),
        memoryC,
        format.cublas,
        ldc,
        COMPUTE_32F,
        DEFAULT_ALGORITHM);
    float[] actual = device.download(format, memoryC, c.length);
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        double sum = 0;
        double magnitude = 0;
        for (int l = 0; l < k; l++) {
          double left = transposeA ? a[l + i * lda] : a[i + l * lda];
          double right = transposeB ? b[j + l * ldb] : b[l + j * ldb];
          sum += left * right;
          magnitude += Math.abs(left * right);
        }
        double expected = alpha * sum + beta * c[i + j * ldc];
        double tolerance = 4e-7 * magnitude + 1.001 * format.roundoff * Math.abs(expected) + 1e-7;
        assertEquals(expected, actual[i + j * ldc], tolerance, () -> format + " " + m + "x" + n);
      }
    }
    for (int j = 0; j < n; j++) {
      for (int i = m; i < ldc; i++) {
        assertEquals(c[i + j * ldc], actual[i + j * ldc], "between the columns");
      }
    }
  }

  @Test
  void sixteenBitFactorsCanGiveAFloat32Product() {
    CUdeviceptr a = device.upload(Format.FLOAT16, 1.5f, 2);
    CUdeviceptr c = device.allocate(4 * Float.BYTES);
    gemm(2, 2, 1, a, 2, 2, a, 2, 1, c, 0, 2, COMPUTE_32F);
    assertArrayEquals(new float[] {2.25f, 3, 3, 4}, device.download(Format.FLOAT32, c, 4));
  }

  @Test
  void float16OverflowsToInfinityAndKeepsSubnormals() {
    CUdeviceptr a = device.upload(Format.FLOAT16, 60000, 0x1p-20f);
    CUdeviceptr b = device.upload(Format.FLOAT16, 2, 0x1p-4f);
    CUdeviceptr c = device.allocate(4 * Short.BYTES);
    gemm(2, 2, 1, a, 2, 2, b, 2, 1, c, 2, 2, COMPUTE_32F);
    assertArrayEquals(
        new float[] {Float.POSITIVE_INFINITY, 0x1p-19f, 3750 + 0f, 0x1p-24f},
        device.download(Format.FLOAT16, c, 4));
  }

  @Test
  void tf32RoundsTheFactorsOnlyWhereItIsAllowed() {
    float fine = 1 + 0x1p-12f;
    CUdeviceptr a = device.upload(Format.FLOAT32, fine);
    CUdeviceptr b = device.upload(Format.FLOAT32, 1);
    CUdeviceptr c = device.allocate(Float.BYTES);
    gemm(1, 1, 1, a, 0, 1, b, 0, 1, c, 0, 1, COMPUTE_32F);
    assertEquals(fine, device.download(Format.FLOAT32, c, 1)[0]);
    gemm(1, 1, 1, a, 0, 1, b, 0, 1, c, 0, 1, COMPUTE_32F_FAST_TF32);
    assertEquals(1, device.download(Format.FLOAT32, c, 1)[0]);
    JCublas2.cublasSetMathMode(handle, 3);
    gemm(1, 1, 1, a, 0, 1, b, 0, 1, c, 0, 1, COMPUTE_32F);
    assertEquals(1, device.download(Format.FLOAT32, c, 1)[0]);
    JCublas2.cublasSetMathMode(handle, 2);
    gemm(1, 1, 1, a, 0, 1, b, 0, 1, c, 0, 1, COMPUTE_32F);
    assertEquals(fine, device.download(Format.FLOAT32, c, 1)[0]);
  }

  @Test
  void betaZeroDoesNotReadTheDestination() {
    CUdeviceptr a = device.upload(Format.FLOAT32, 2);
    CUdeviceptr c = device.upload(Format.FLOAT32, Float.NaN);
    gemm(1, 1, 1, a, 0, 1, a, 0, 1, c, 0, 1, COMPUTE_32F);
    assertEquals(4, device.download(Format.FLOAT32, c, 1)[0]);
  }

  @Test
  void scalarsOnTheDeviceAreReadWhenTheWorkRuns() {
    CUdeviceptr a = device.upload(Format.FLOAT32, 2);
    CUdeviceptr c = device.allocate(Float.BYTES);
    CUdeviceptr alpha = device.upload(Format.FLOAT32, 10);
    CUdeviceptr beta = device.upload(Format.FLOAT32, 0);
    CUdeviceptr workspace = device.allocate(1 << 16);
    JCublas2.cublasSetWorkspace(handle, workspace, 1 << 16);
    JCublas2.cublasSetPointerMode(handle, 1);
    JCudaDriver.cuStreamBeginCapture(device.stream, 1);
    JCublas2.cublasSgemm(handle, 0, 0, 1, 1, 1, alpha, a, 1, a, 1, beta, c, 1);
    CUgraph graph = new CUgraph();
    JCudaDriver.cuStreamEndCapture(device.stream, graph);
    CUgraphExec exec = new CUgraphExec();
    JCudaDriver.cuGraphInstantiate(exec, graph, 0L);
    device.write(Format.FLOAT32, alpha, 100);
    JCudaDriver.cuGraphLaunch(exec, device.stream);
    assertEquals(400, device.download(Format.FLOAT32, c, 1)[0]);
    device.write(Format.FLOAT32, alpha, 1000);
    JCudaDriver.cuGraphLaunch(exec, device.stream);
    assertEquals(4000, device.download(Format.FLOAT32, c, 1)[0]);
  }

  @Test
  void batchesStepByTheirStrides() {
    CUdeviceptr a = device.upload(Format.FLOAT32, 1, 2, 3, 4);
    CUdeviceptr b = device.upload(Format.FLOAT32, 10);
    CUdeviceptr c = device.upload(Format.FLOAT32, 0, 0, 0, 0, 0, 0);
    JCublas2.cublasGemmStridedBatchedEx_new(
        handle,
        0,
        0,
        1,
        1,
        1,
        DeviceFixture.scalar(1),
        a,
        0,
        1,
        1,
        b,
        0,
        1,
        0,
        DeviceFixture.scalar(0),
        c,
        0,
        1,
        2,
        3,
        COMPUTE_32F,
        DEFAULT_ALGORITHM);
    assertArrayEquals(new float[] {10, 0, 20, 0, 30, 0}, device.download(Format.FLOAT32, c, 6));
  }

  @Test
  void syrkWritesOneTriangle() {
    int n = 35;
    int k = 19;
    float[] a = DeviceFixture.random(Format.FLOAT32, n * k, 5);
    CUdeviceptr memoryA = device.upload(Format.FLOAT32, a);
    for (int transpose = 0; transpose < 2; transpose++) {
      for (int upper = 0; upper < 2; upper++) {
        float[] before = new float[n * n];
        Arrays.fill(before, 7);
        CUdeviceptr c = device.upload(Format.FLOAT32, before);
        int lda = transpose == 0 ? n : k;
        JCublas2.cublasSsyrk(
            handle,
            upper,
            transpose,
            n,
            k,
            DeviceFixture.scalar(2),
            memoryA,
            lda,
            DeviceFixture.scalar(0),
            c,
            n);
        float[] actual = device.download(Format.FLOAT32, c, n * n);
        for (int j = 0; j < n; j++) {
          for (int i = 0; i < n; i++) {
            boolean inside = upper == 1 ? i <= j : i >= j;
            double expected = 0;
            for (int l = 0; l < k; l++) {
              expected +=
                  transpose == 0
                      ? 2.0 * a[i + l * n] * a[j + l * n]
                      : 2.0 * a[l + i * k] * a[l + j * k];
            }
            assertEquals(inside ? expected : 7, actual[i + j * n], 1e-5);
          }
        }
      }
    }
  }

  @Test
  void theWorkspaceIsReallyWritten() {
    CUdeviceptr a = device.upload(Format.FLOAT32, 2);
    CUdeviceptr c = device.allocate(Float.BYTES);
    CUdeviceptr workspace = device.upload(Format.FLOAT32, new float[64]);
    JCublas2.cublasSetWorkspace(handle, workspace, 256);
    gemm(1, 1, 1, a, 0, 1, a, 0, 1, c, 0, 1, COMPUTE_32F);
    assertTrue(Float.isNaN(device.download(Format.FLOAT32, workspace, 64)[63]));
  }

  @Test
  void versionsAreThoseOfCublas12() {
    int[] version = new int[1];
    JCublas2.cublasGetVersion(handle, version);
    assertEquals(12, version[0] / 10000);
    JCublas2.cublasGetProperty(0, version);
    assertEquals(12, version[0]);
    assertEquals("CUBLAS_STATUS_INVALID_VALUE", JCublas2.cublasGetStatusName(7));
    assertNotEquals("", JCublas2.cublasGetStatusString(7));
  }

  /** C = A B without transposes. */
  private void gemm(
      int m,
      int n,
      int k,
      CUdeviceptr a,
      int typeA,
      int lda,
      CUdeviceptr b,
      int typeB,
      int ldb,
      CUdeviceptr c,
      int typeC,
      int ldc,
      int compute) {
    JCublas2.cublasGemmEx_new(
        handle,
        0,
        0,
        m,
        n,
        k,
        DeviceFixture.scalar(1),
        a,
        typeA,
        lda,
        b,
        typeB,
        ldb,
        DeviceFixture.scalar(0),
        c,
        typeC,
        ldc,
        compute,
        DEFAULT_ALGORITHM);
  }
}
