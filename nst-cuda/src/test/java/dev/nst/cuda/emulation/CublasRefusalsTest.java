package dev.nst.cuda.emulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.cuda.emulation.DeviceFixture.Format;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulated cuBLAS refuses what the real one refuses, and what would go wrong on it. */
@OnEmulatedCuda
class CublasRefusalsTest {

  private static final int NOT_INITIALIZED = 1;
  private static final int ALLOC_FAILED = 3;
  private static final int INVALID_VALUE = 7;
  private static final int ARCH_MISMATCH = 8;
  private static final int NOT_SUPPORTED = 15;
  private static final int BFLOAT16 = 14;
  private static final int SIDE = 4;

  private DeviceFixture device;
  private cublasHandle handle;
  private CUdeviceptr a;
  private CUdeviceptr b;
  private CUdeviceptr c;

  @BeforeEach
  void open() {
    device = new DeviceFixture();
    JCublas2.setExceptionsEnabled(false);
    handle = new cublasHandle();
    assertEquals(0, JCublas2.cublasCreate(handle));
    JCublas2.cublasSetStream(handle, device.libraryStream);
    a = device.upload(Format.FLOAT32, new float[SIDE * SIDE]);
    b = device.upload(Format.FLOAT32, new float[SIDE * SIDE]);
    c = device.upload(Format.FLOAT32, new float[SIDE * SIDE]);
  }

  @AfterEach
  void close() {
    JCublas2.cublasDestroy(handle);
    device.close();
  }

  private int gemm(int m, Pointer left, int lda, Pointer result, int types, int compute) {
    return JCublas2.cublasGemmEx_new(
        handle,
        0,
        0,
        m,
        SIDE,
        SIDE,
        DeviceFixture.scalar(1),
        left,
        types,
        lda,
        b,
        types,
        SIDE,
        DeviceFixture.scalar(0),
        result,
        types,
        SIDE,
        compute,
        -1);
  }

  @Test
  void aCorrectCallPasses() {
    assertEquals(0, gemm(SIDE, a, SIDE, c, 0, 68));
    assertEquals(0, device.synchronize());
  }

  @Test
  void aLeadingDimensionShorterThanTheColumnIsRefused() {
    assertEquals(INVALID_VALUE, gemm(SIDE, a, SIDE - 1, c, 0, 68));
    String message = EmulatedDevice.lastMessage();
    assertTrue(message.contains("cublasGemmEx") && message.contains("leading dimension"), message);
  }

  @Test
  void negativeSizesAndNullMatricesAreRefused() {
    assertEquals(INVALID_VALUE, gemm(-1, a, SIDE, c, 0, 68));
    assertEquals(INVALID_VALUE, gemm(SIDE, new CUdeviceptr(), SIDE, c, 0, 68));
    assertEquals(INVALID_VALUE, gemm(SIDE, a, SIDE, new CUdeviceptr(), 0, 68));
  }

  @Test
  void unknownTypesAndComputeTypesAreRefused() {
    assertEquals(NOT_SUPPORTED, gemm(SIDE, a, SIDE, c, 1, 68));
    assertEquals(NOT_SUPPORTED, gemm(SIDE, a, SIDE, c, 0, 0));
    assertEquals(NOT_SUPPORTED, gemm(SIDE, a, SIDE, c, BFLOAT16, 77));
  }

  @Test
  void mixedFactorsAreRefused() {
    int status =
        JCublas2.cublasGemmEx_new(
            handle,
            0,
            0,
            SIDE,
            SIDE,
            SIDE,
            DeviceFixture.scalar(1),
            a,
            2,
            SIDE,
            b,
            0,
            SIDE,
            DeviceFixture.scalar(0),
            c,
            0,
            SIDE,
            68,
            -1);
    assertEquals(NOT_SUPPORTED, status);
  }

  @Test
  void bfloat16NeedsComputeCapability8() {
    EmulatedDevice.setComputeCapability(7, 5);
    assertEquals(ARCH_MISMATCH, gemm(SIDE, a, SIDE, c, BFLOAT16, 68));
  }

  @Test
  void anOutputOverAFactorIsRefused() {
    assertEquals(INVALID_VALUE, gemm(SIDE, a, SIDE, a, 0, 68));
  }

  @Test
  void aMisalignedPointerIsRefused() {
    assertEquals(INVALID_VALUE, gemm(SIDE, a.withByteOffset(2), SIDE, c, 0, 68));
  }

  @Test
  void aMatrixThatReachesPastItsMemoryFailsWhenItRuns() {
    assertEquals(0, gemm(SIDE, a.withByteOffset(4), SIDE, c, 0, 68));
    assertNotEquals(0, device.synchronize());
  }

  @Test
  void anUninitialisedFactorFailsWhenItRuns() {
    assertEquals(0, gemm(SIDE, device.allocate(SIDE * SIDE * Float.BYTES), SIDE, c, 0, 68));
    assertNotEquals(0, device.synchronize());
  }

  @Test
  void anUninitialisedDestinationFailsOnlyWhereBetaReadsIt() {
    CUdeviceptr fresh = device.allocate(SIDE * SIDE * Float.BYTES);
    assertEquals(0, gemm(SIDE, a, SIDE, fresh, 0, 68));
    assertEquals(0, device.synchronize());
    CUdeviceptr other = device.allocate(SIDE * SIDE * Float.BYTES);
    JCublas2.cublasSgemm(
        handle,
        0,
        0,
        SIDE,
        SIDE,
        SIDE,
        DeviceFixture.scalar(1),
        a,
        SIDE,
        b,
        SIDE,
        DeviceFixture.scalar(1),
        other,
        SIDE);
    assertNotEquals(0, device.synchronize());
  }

  @Test
  void memoryFreedBeforeTheWorkRunsIsFoundOut() {
    CUdeviceptr gone = device.upload(Format.FLOAT32, new float[SIDE * SIDE]);
    JCudaDriver.cuMemFree(gone);
    assertEquals(0, gemm(SIDE, gone, SIDE, c, 0, 68));
    assertNotEquals(0, device.synchronize());
  }

  @Test
  void aDestroyedHandleIsRefused() {
    cublasHandle other = new cublasHandle();
    JCublas2.cublasCreate(other);
    assertEquals(0, JCublas2.cublasDestroy(other));
    assertEquals(NOT_INITIALIZED, JCublas2.cublasSetMathMode(other, 0));
    assertEquals(NOT_INITIALIZED, JCublas2.cublasDestroy(other));
  }

  @Test
  void liveHandlesAreCounted() {
    int before = EmulatedLibraries.liveCublasHandles();
    cublasHandle other = new cublasHandle();
    JCublas2.cublasCreate(other);
    assertEquals(before + 1, EmulatedLibraries.liveCublasHandles());
    JCublas2.cublasDestroy(other);
    assertEquals(before, EmulatedLibraries.liveCublasHandles());
  }

  @Test
  void scalarsMustLieWhereThePointerModeSays() {
    CUdeviceptr one = device.upload(Format.FLOAT32, 1);
    assertEquals(
        INVALID_VALUE,
        JCublas2.cublasSgemm(handle, 0, 0, SIDE, SIDE, SIDE, one, a, SIDE, b, SIDE, one, c, SIDE));
    JCublas2.cublasSetPointerMode(handle, 1);
    assertEquals(
        0,
        JCublas2.cublasSgemm(handle, 0, 0, SIDE, SIDE, SIDE, one, a, SIDE, b, SIDE, one, c, SIDE));
    assertEquals(0, device.synchronize());
    assertEquals(0, gemm(SIDE, a, SIDE, c, 0, 68));
    assertNotEquals(0, device.synchronize());
  }

  @Test
  void aHandleIsRefusedWithoutItsContext() {
    CUcontext context = new CUcontext();
    JCudaDriver.cuCtxGetCurrent(context);
    JCudaDriver.cuCtxSetCurrent(new CUcontext());
    assertEquals(NOT_INITIALIZED, gemm(SIDE, a, SIDE, c, 0, 68));
    assertEquals(NOT_INITIALIZED, JCublas2.cublasCreate(new cublasHandle()));
    JCudaDriver.cuCtxSetCurrent(context);
    assertEquals(0, gemm(SIDE, a, SIDE, c, 0, 68));
  }

  @Test
  void aWorkspaceMustBeAlignedAndApart() {
    CUdeviceptr workspace = device.allocate(1024);
    assertEquals(
        INVALID_VALUE, JCublas2.cublasSetWorkspace(handle, workspace.withByteOffset(16), 512));
    assertEquals(0, JCublas2.cublasSetWorkspace(handle, a, 64));
    assertEquals(INVALID_VALUE, gemm(SIDE, a, SIDE, c, 0, 68));
  }

  @Test
  void aCaptureWithoutAWorkspaceIsRefusedAlsoAfterTheStreamWasSetAgain() {
    CUdeviceptr workspace = device.allocate(1024);
    assertEquals(0, JCublas2.cublasSetWorkspace(handle, workspace, 1024));
    JCudaDriver.cuStreamBeginCapture(device.stream, 1);
    assertEquals(0, gemm(SIDE, a, SIDE, c, 0, 68));
    assertEquals(0, JCublas2.cublasSetStream(handle, device.libraryStream));
    assertEquals(ALLOC_FAILED, gemm(SIDE, a, SIDE, c, 0, 68));
  }

  @Test
  void injectedFaultsComeBack() {
    EmulatedDevice.failCall("cublasGemmEx", 2, 13);
    assertEquals(0, gemm(SIDE, a, SIDE, c, 0, 68));
    assertEquals(13, gemm(SIDE, a, SIDE, c, 0, 68));
    assertEquals(0, gemm(SIDE, a, SIDE, c, 0, 68));
  }
}
