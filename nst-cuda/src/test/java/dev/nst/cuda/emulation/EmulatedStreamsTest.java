package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.Machine.code;
import static dev.nst.cuda.emulation.Machine.good;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cuda.emulation.EmulatedDevice.Counter;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamCaptureStatus;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When submitted work runs, and what captures and graphs allow. */
@OnEmulatedCuda
class EmulatedStreamsTest {

  private static final String INCREMENT =
      "extern \"C\" __global__ void k(float* x) { x[threadIdx.x] += 1; }";
  private static final int GLOBAL = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL;

  private Machine machine;
  private CUfunction increment;

  @BeforeEach
  void open() {
    machine = Machine.open();
    increment = machine.kernel(INCREMENT);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  @Test
  void aCopyThatDoesNotWaitForTheStreamReadsOldData() {
    CUdeviceptr x = machine.upload(1);
    machine.launch(increment, 1, 1, x);

    assertThat(machine.peek(x, 1)).containsExactly(1);
    machine.synchronize();
    assertThat(machine.peek(x, 1)).containsExactly(2);
  }

  @Test
  void aCopyWaitsForABlockingStream() {
    CUstream blocking = stream(CUstream_flags.CU_STREAM_DEFAULT);
    CUdeviceptr x = machine.upload(1);
    good(() -> launchOn(blocking, x));
    assertThat(machine.peek(x, 1)).containsExactly(2);
  }

  @Test
  void aFreeWaitsForAllWork() {
    CUdeviceptr x = machine.upload(1);
    CUdeviceptr other = machine.upload(1);
    machine.launch(increment, 1, 1, x);
    good(() -> JCudaDriver.cuMemFree(other));
    assertThat(machine.peek(x, 1)).containsExactly(2);
  }

  @Test
  void aStreamWaitsForAnEventOfAnother() {
    CUstream second = stream(CUstream_flags.CU_STREAM_NON_BLOCKING);
    CUevent event = event();
    CUdeviceptr x = machine.upload(1);
    CUdeviceptr y = machine.upload(0);
    machine.launch(increment, 1, 1, x);
    good(() -> JCudaDriver.cuEventRecord(event, machine.stream));
    good(() -> JCudaDriver.cuStreamWaitEvent(second, event, 0));
    good(() -> JCudaDriver.cuMemcpyDtoDAsync(y, x, 4, second));
    good(() -> JCudaDriver.cuStreamSynchronize(second));
    assertThat(machine.peek(y, 1)).containsExactly(2);
  }

  @Test
  void eventsTellWhenWorkIsDoneAndHowLongItTook() {
    CUevent before = event();
    CUevent after = event();
    CUdeviceptr x = machine.upload(1);
    float[] milliseconds = {-1};
    assertThat(code(() -> JCudaDriver.cuEventElapsedTime(milliseconds, before, after)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
    good(() -> JCudaDriver.cuEventRecord(before, machine.stream));
    machine.launch(increment, 1, 1, x);
    good(() -> JCudaDriver.cuEventRecord(after, machine.stream));
    assertThat(code(() -> JCudaDriver.cuEventElapsedTime(milliseconds, before, after)))
        .isEqualTo(CUresult.CUDA_ERROR_NOT_READY);
    assertThat(code(() -> JCudaDriver.cuEventQuery(after)))
        .isEqualTo(CUresult.CUDA_ERROR_NOT_READY);
    good(() -> JCudaDriver.cuEventSynchronize(after));
    good(() -> JCudaDriver.cuEventElapsedTime(milliseconds, before, after));
    assertThat(milliseconds[0]).isPositive();
  }

  @Test
  void aCopyToPageLockedMemoryIsDeferred() {
    Pointer host = new Pointer();
    good(() -> JCudaDriver.cuMemAllocHost(host, 4));
    FloatBuffer view = host.getByteBuffer(0, 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
    view.put(0, 5);
    CUdeviceptr x = machine.upload(1);
    good(() -> JCudaDriver.cuMemcpyHtoDAsync(x, host, 4, machine.stream));
    view.put(0, 7); // too early: the copy has not happened
    machine.synchronize();
    assertThat(machine.peek(x, 1)).containsExactly(7);

    good(() -> JCudaDriver.cuMemcpyHtoDAsync(x, Pointer.to(new float[] {9}), 4, machine.stream));
    good(() -> JCudaDriver.cuMemcpyDtoHAsync(host, x, 4, machine.stream));
    assertThat(view.get(0)).isEqualTo(7);
    machine.synchronize();
    assertThat(view.get(0)).isEqualTo(9);
  }

  @Test
  void aCopyToPageableMemoryIsDoneBeforeItReturns() {
    CUdeviceptr x = machine.upload(1);
    float[] host = {0};
    machine.launch(increment, 1, 1, x);
    good(() -> JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), x, 4, machine.stream));
    assertThat(host).containsExactly(2);
  }

  @Test
  void memoryFreedBeforeItsKernelRanInAnotherOrderIsSafe() {
    CUdeviceptr x = machine.upload(1);
    machine.launch(increment, 1, 1, x);
    good(() -> JCudaDriver.cuMemFree(x));
    machine.launch(increment, 1, 1, x);
    assertThat(machine.await()).isEqualTo(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
  }

  @Test
  void aGraphReplaysWhatWasCaptured() {
    CUdeviceptr x = machine.upload(1);
    CUgraph graph = new CUgraph();
    CUgraphExec exec = new CUgraphExec();
    beginCapture();
    machine.launch(increment, 1, 1, x);
    machine.launch(increment, 1, 1, x);
    good(() -> JCudaDriver.cuStreamEndCapture(machine.stream, graph));
    assertThat(machine.download(x, 1)).containsExactly(1);
    long[] nodes = {0};
    good(() -> JCudaDriver.cuGraphGetNodes(graph, null, nodes));
    assertThat(nodes[0]).isEqualTo(2);

    good(() -> JCudaDriver.cuGraphInstantiate(exec, graph, 0));
    good(() -> JCudaDriver.cuGraphDestroy(graph));
    long waits = EmulatedDevice.count(Counter.HOST_WAITS);
    good(() -> JCudaDriver.cuGraphLaunch(exec, machine.stream));
    good(() -> JCudaDriver.cuGraphLaunch(exec, machine.stream));
    assertThat(EmulatedDevice.count(Counter.HOST_WAITS)).isEqualTo(waits);
    assertThat(EmulatedDevice.count(Counter.GRAPH_LAUNCHES)).isEqualTo(2);
    assertThat(machine.download(x, 1)).containsExactly(5);
    good(() -> JCudaDriver.cuGraphExecDestroy(exec));
    assertThat(code(() -> JCudaDriver.cuGraphLaunch(exec, machine.stream)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
    assertThat(EmulatedDevice.count(Counter.LIVE_GRAPHS)).isZero();
  }

  @Test
  void anAllocationSpoilsACapture() {
    assertThat(spoils(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  }

  @Test
  void waitingSpoilsACapture() {
    assertThat(spoils(() -> JCudaDriver.cuStreamSynchronize(machine.stream)))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  }

  @Test
  void aSynchronousCopySpoilsACapture() {
    CUdeviceptr x = machine.upload(1);
    assertThat(spoils(() -> JCudaDriver.cuMemcpyDtoH(Pointer.to(new float[1]), x, 4)))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  }

  @Test
  void aCopyOfPageableMemorySpoilsACapture() {
    CUdeviceptr x = machine.upload(1);
    assertThat(
            spoils(
                () ->
                    JCudaDriver.cuMemcpyHtoDAsync(x, Pointer.to(new float[1]), 4, machine.stream)))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    assertThat(EmulatedDevice.lastMessage()).contains("page-locked");
  }

  @Test
  void theLegacyStreamCannotBeCaptured() {
    assertThat(code(() -> JCudaDriver.cuStreamBeginCapture(JCudaDriver.CU_STREAM_LEGACY, GLOBAL)))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  }

  @Test
  void aForkedStreamMustBeJoinedBeforeTheCaptureEnds() {
    CUstream side = stream(CUstream_flags.CU_STREAM_NON_BLOCKING);
    CUdeviceptr x = machine.upload(1);
    CUevent fork = event();
    CUevent join = event();
    for (boolean joined : new boolean[] {true, false}) {
      CUgraph graph = new CUgraph();
      beginCapture();
      good(() -> JCudaDriver.cuEventRecord(fork, machine.stream));
      good(() -> JCudaDriver.cuStreamWaitEvent(side, fork, 0));
      good(() -> launchOn(side, x));
      good(() -> JCudaDriver.cuEventRecord(join, side));
      if (joined) {
        good(() -> JCudaDriver.cuStreamWaitEvent(machine.stream, join, 0));
      }
      assertThat(code(() -> JCudaDriver.cuStreamEndCapture(machine.stream, graph)))
          .isEqualTo(joined ? 0 : CUresult.CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
    }
  }

  @Test
  void destroyedHandlesAreRefused() {
    CUstream gone = stream(CUstream_flags.CU_STREAM_NON_BLOCKING);
    CUevent event = event();
    CUdeviceptr x = machine.upload(1);
    good(() -> launchOn(gone, x));
    good(() -> JCudaDriver.cuStreamDestroy(gone));
    good(() -> JCudaDriver.cuEventDestroy(event));
    assertThat(code(() -> JCudaDriver.cuStreamSynchronize(gone)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
    assertThat(code(() -> JCudaDriver.cuEventRecord(event, machine.stream)))
        .isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
    good(() -> JCudaDriver.cuCtxSynchronize());
    assertThat(machine.peek(x, 1)).containsExactly(2);
  }

  @Test
  void aLongQueueRunsByItself() {
    CUdeviceptr x = machine.upload(0);
    for (int i = 0; i < 5000; i++) {
      machine.launch(increment, 1, 1, x);
    }
    assertThat(machine.peek(x, 1)[0]).isBetween(4000f, 4999f);
    assertThat(machine.download(x, 1)).containsExactly(5000);
  }

  /** The code of a call in a capture, having checked that the capture cannot be ended any more. */
  private int spoils(java.util.function.IntSupplier call) {
    beginCapture();
    int result = code(call);
    int[] status = {0};
    good(() -> JCudaDriver.cuStreamIsCapturing(machine.stream, status));
    assertThat(status[0]).isEqualTo(CUstreamCaptureStatus.CU_STREAM_CAPTURE_STATUS_INVALIDATED);
    assertThat(code(() -> JCudaDriver.cuStreamEndCapture(machine.stream, new CUgraph())))
        .isEqualTo(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    machine.synchronize();
    return result;
  }

  private void beginCapture() {
    good(() -> JCudaDriver.cuStreamBeginCapture(machine.stream, GLOBAL));
  }

  private int launchOn(CUstream stream, CUdeviceptr x) {
    return JCudaDriver.cuLaunchKernel(
        increment, 1, 1, 1, 1, 1, 1, 0, stream, Pointer.to(Pointer.to(x)), null);
  }

  private static CUstream stream(int flags) {
    CUstream stream = new CUstream();
    good(() -> JCudaDriver.cuStreamCreate(stream, flags));
    return stream;
  }

  private static CUevent event() {
    CUevent event = new CUevent();
    good(() -> JCudaDriver.cuEventCreate(event, 0));
    return event;
  }
}
