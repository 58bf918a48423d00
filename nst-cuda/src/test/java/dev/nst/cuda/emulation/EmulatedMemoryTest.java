package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.Machine.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cuda.emulation.EmulatedDevice.Counter;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Allocation, copies and fills of the emulated device. */
@OnEmulatedCuda
class EmulatedMemoryTest {

  private static final int INVALID = CUresult.CUDA_ERROR_INVALID_VALUE;

  private Machine machine;

  @BeforeEach
  void open() {
    machine = Machine.open();
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private static int free(CUdeviceptr pointer) {
    return code(() -> JCudaDriver.cuMemFree(pointer));
  }

  private static long freeBytes() {
    long[] free = {0};
    long[] total = {0};
    Machine.good(() -> JCudaDriver.cuMemGetInfo(free, total));
    return free[0];
  }

  @Test
  void allocationsAreAlignedTo256BytesAndCountedExactly() {
    EmulatedDevice.setTotalMemory(1000);
    CUdeviceptr x = machine.allocate(300);

    assertThat(Long.remainderUnsigned(address(x), 256)).isZero();
    assertThat(freeBytes()).isEqualTo(700);
    assertThat(EmulatedDevice.count(Counter.LIVE_BYTES)).isEqualTo(300);
    assertThat(free(x)).isZero();
    assertThat(freeBytes()).isEqualTo(1000);
    assertThat(EmulatedDevice.count(Counter.LIVE_ALLOCATIONS)).isZero();
  }

  private static long address(CUdeviceptr pointer) {
    String text = pointer.toString();
    int at = text.indexOf("0x");
    return Long.parseUnsignedLong(text.substring(at + 2).split("[^0-9a-fA-F]")[0], 16);
  }

  @Test
  void refusesWhatDoesNotFit() {
    EmulatedDevice.setTotalMemory(1000);
    CUdeviceptr x = new CUdeviceptr();
    assertThat(code(() -> JCudaDriver.cuMemAlloc(x, 1001)))
        .isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    EmulatedDevice.setForeignMemory(600);
    assertThat(code(() -> JCudaDriver.cuMemAlloc(x, 401)))
        .isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    assertThat(freeBytes()).isEqualTo(400);
    assertThat(code(() -> JCudaDriver.cuMemAlloc(x, 400))).isZero();
    assertThat(code(() -> JCudaDriver.cuMemAlloc(x, 0))).isEqualTo(INVALID);
  }

  @Test
  void aDoubleFreeIsRefused() {
    CUdeviceptr x = machine.allocate(64);
    assertThat(free(x)).isZero();
    assertThat(free(x)).isEqualTo(INVALID);
    assertThat(EmulatedDevice.lastMessage()).contains("double free").contains("64 bytes");
  }

  @Test
  void anInnerPointerCannotBeFreed() {
    CUdeviceptr x = machine.allocate(64);
    assertThat(free(x.withByteOffset(32))).isEqualTo(INVALID);
    assertThat(EmulatedDevice.lastMessage()).contains("not the start").contains("offset 32");
  }

  @Test
  void aCopyPastTheEndIsRefused() {
    CUdeviceptr x = machine.allocate(16);
    assertThat(code(() -> JCudaDriver.cuMemcpyHtoD(x, Pointer.to(new float[5]), 20)))
        .isEqualTo(INVALID);
    assertThat(EmulatedDevice.lastMessage()).contains("4 bytes past its end");
  }

  @Test
  void uninitialisedMemoryCannotBeCopiedToTheHost() {
    CUdeviceptr x = machine.allocate(16);
    Machine.good(() -> JCudaDriver.cuMemcpyHtoD(x, Pointer.to(new float[3]), 12));
    assertThat(code(() -> JCudaDriver.cuMemcpyDtoH(Pointer.to(new float[4]), x, 16)))
        .isEqualTo(CUresult.CUDA_ERROR_LAUNCH_FAILED);
    assertThat(EmulatedDevice.lastMessage()).contains("uninitialised").contains("byte 12");
  }

  @Test
  void aCopyOnTheDeviceCarriesAlongWhatIsUninitialised() {
    CUdeviceptr x = machine.allocate(16);
    CUdeviceptr y = machine.upload(1, 2, 3, 4);
    Machine.good(() -> JCudaDriver.cuMemcpyDtoDAsync(y, x, 16, machine.stream));
    machine.synchronize();
    assertThat(code(() -> JCudaDriver.cuMemcpyDtoH(Pointer.to(new float[1]), y, 4)))
        .isEqualTo(CUresult.CUDA_ERROR_LAUNCH_FAILED);
  }

  @Test
  void fillsBytesHalvesAndWords() {
    CUdeviceptr x = machine.allocate(12);
    Machine.good(() -> JCudaDriver.cuMemsetD8Async(x, (byte) 0x40, 4, machine.stream));
    Machine.good(
        () -> JCudaDriver.cuMemsetD16Async(x.withByteOffset(4), (short) 0x4040, 2, machine.stream));
    Machine.good(
        () -> JCudaDriver.cuMemsetD32Async(x.withByteOffset(8), 0x40404040, 1, machine.stream));
    float expected = Float.intBitsToFloat(0x40404040);
    assertThat(machine.download(x, 3)).containsExactly(expected, expected, expected);
  }

  @Test
  void whatIsNotFreedIsReportedWhenTheContextGoes() {
    machine.allocate(48);
    CUdevice device = new CUdevice();
    Machine.good(() -> JCudaDriver.cuDeviceGet(device, 0));
    Machine.good(() -> JCudaDriver.cuStreamDestroy(machine.stream));
    Machine.good(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device));

    assertThat(EmulatedDevice.lastMessage()).contains("leak: 48 bytes");
    assertThat(EmulatedDevice.count(Counter.LEAKED_ALLOCATIONS)).isEqualTo(1);
    assertThat(EmulatedDevice.count(Counter.LEAKED_HANDLES)).isZero();
    assertThat(EmulatedDevice.count(Counter.LIVE_ALLOCATIONS)).isZero();
  }

  @Test
  void aStreamThatIsNotDestroyedIsReportedToo() {
    CUdevice device = new CUdevice();
    Machine.good(() -> JCudaDriver.cuDeviceGet(device, 0));
    Machine.good(() -> JCudaDriver.cuDevicePrimaryCtxRelease(device));
    assertThat(EmulatedDevice.count(Counter.LEAKED_HANDLES)).isEqualTo(1);
  }

  @Test
  void pageLockedMemoryIsFreedOnce() {
    Pointer host = new Pointer();
    Machine.good(() -> JCudaDriver.cuMemAllocHost(host, 64));
    assertThat(EmulatedDevice.count(Counter.LIVE_PINNED)).isEqualTo(1);
    assertThat(code(() -> JCudaDriver.cuMemFreeHost(host))).isZero();
    assertThat(code(() -> JCudaDriver.cuMemFreeHost(host))).isEqualTo(INVALID);
  }
}
