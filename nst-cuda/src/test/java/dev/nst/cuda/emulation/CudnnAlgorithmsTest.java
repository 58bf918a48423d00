package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.CudnnFixture.NCHW;
import static dev.nst.cuda.emulation.CudnnFixture.NHWC;
import static dev.nst.cuda.emulation.CudnnFixture.check;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.cuda.emulation.CudnnFixture.Convolution;
import dev.nst.cuda.emulation.CudnnFixture.Shape;
import dev.nst.cuda.emulation.DeviceFixture.Format;
import java.util.Arrays;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Choosing algorithms with the emulated cuDNN. */
@OnEmulatedCuda
class CudnnAlgorithmsTest {

  private static final int NOT_SUPPORTED = 3000;
  private static final Shape FLOATS = Shape.of(NCHW, 1, 4, 8, 8, 4, 3, 1);
  private static final Shape CHANNELS_LAST = Shape.of(NHWC, 1, 8, 8, 8, 8, 3, 1);

  private CudnnFixture cudnn;

  @BeforeEach
  void open() {
    cudnn = new CudnnFixture();
  }

  @AfterEach
  void close() {
    cudnn.close();
  }

  private static cudnnConvolutionFwdAlgoPerf[] forwardResults() {
    cudnnConvolutionFwdAlgoPerf[] results = new cudnnConvolutionFwdAlgoPerf[8];
    Arrays.setAll(results, i -> new cudnnConvolutionFwdAlgoPerf());
    return results;
  }

  private static cudnnConvolutionBwdDataAlgoPerf[] backwardResults() {
    cudnnConvolutionBwdDataAlgoPerf[] results = new cudnnConvolutionBwdDataAlgoPerf[6];
    Arrays.setAll(results, i -> new cudnnConvolutionBwdDataAlgoPerf());
    return results;
  }

  private int find(Convolution c, int[] count, cudnnConvolutionFwdAlgoPerf[] results) {
    return JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
        cudnn.handle,
        c.xDesc,
        c.x,
        c.wDesc,
        c.w,
        c.descriptor,
        c.yDesc,
        c.y,
        results.length,
        count,
        results,
        c.workspace,
        c.workspaceSize);
  }

  @Test
  void findSortsByTimeAndPutsWhatIsNotSupportedLast() {
    Convolution convolution = cudnn.new Convolution(Format.FLOAT32, FLOATS).filled();
    cudnnConvolutionFwdAlgoPerf[] results = forwardResults();
    int[] count = new int[1];
    check(find(convolution.withWorkspace(1 << 20), count, results));
    assertEquals(8, count[0]);
    assertEquals(7, results[0].algo, "WINOGRAD_NONFUSED");
    for (int i = 1; i < 7; i++) {
      assertEquals(0, results[i].status);
      assertTrue(results[i - 1].time <= results[i].time);
      assertEquals(convolution.forwardWorkspace(results[i].algo), results[i].memory);
    }
    assertEquals(NOT_SUPPORTED, results[7].status);
    assertEquals(3, results[7].algo, "DIRECT");
  }

  @Test
  void findWithASmallWorkspaceFailsTheAlgorithmsThatWantMore() {
    Convolution convolution = cudnn.new Convolution(Format.FLOAT32, FLOATS).filled();
    cudnnConvolutionFwdAlgoPerf[] results = forwardResults();
    int[] count = new int[1];
    check(find(convolution.withWorkspace(0), count, results));
    assertEquals(0, results[0].algo);
    assertEquals(0, results[0].status);
    assertNotEquals(0, results[1].status);
  }

  @Test
  void findOverwritesTheOutputAndTheWorkspace() {
    Convolution convolution = cudnn.new Convolution(Format.FLOAT32, FLOATS).filled();
    check(find(convolution.withWorkspace(1 << 20), new int[1], forwardResults()));
    assertTrue(
        Float.isNaN(cudnn.device.download(Format.FLOAT32, (CUdeviceptr) convolution.y, 1)[0]));
    assertTrue(
        Float.isNaN(
            cudnn.device.download(Format.FLOAT32, (CUdeviceptr) convolution.workspace, 1)[0]));
  }

  @Test
  void channelsLastIsDoneByTheDocumentedAlgorithmsOnly() {
    Convolution c = cudnn.new Convolution(Format.BFLOAT16, CHANNELS_LAST).filled();
    int[] count = new int[1];
    cudnnConvolutionFwdAlgoPerf[] forward = forwardResults();
    check(
        JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
            cudnn.handle, c.xDesc, c.wDesc, c.descriptor, c.yDesc, 8, count, forward));
    assertEquals(1, forward[0].algo);
    assertEquals(NOT_SUPPORTED, forward[1].status);
    cudnnConvolutionBwdDataAlgoPerf[] backward = backwardResults();
    check(
        JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
            cudnn.handle, c.wDesc, c.yDesc, c.descriptor, c.xDesc, 6, count, backward));
    assertEquals(1, backward[0].algo);
    assertEquals(1, backward[0].determinism);
    assertEquals(0, backward[1].algo);
    assertEquals(0, backward[1].determinism);
    assertEquals(NOT_SUPPORTED, backward[2].status);
    c.withWorkspace(1 << 20);
    check(
        JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
            cudnn.handle,
            c.wDesc,
            c.w,
            c.yDesc,
            c.y,
            c.descriptor,
            c.xDesc,
            c.x,
            6,
            count,
            backward,
            c.workspace,
            c.workspaceSize));
    assertEquals(1, backward[0].algo);
    assertTrue(Float.isNaN(cudnn.device.download(Format.BFLOAT16, (CUdeviceptr) c.x, 1)[0]));
  }

  @Test
  void findIsRefusedWhileTheStreamCaptures() {
    Convolution c = cudnn.new Convolution(Format.FLOAT32, FLOATS).filled();
    c.withWorkspace(1 << 20);
    JCudaDriver.cuStreamBeginCapture(cudnn.device.stream, 1);
    int[] count = new int[1];
    assertEquals(NOT_SUPPORTED, find(c, count, forwardResults()));
    assertEquals(
        NOT_SUPPORTED,
        JCudnn.cudnnFindConvolutionForwardAlgorithm(
            cudnn.handle, c.xDesc, c.wDesc, c.descriptor, c.yDesc, 8, count, forwardResults()));
    check(
        JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
            cudnn.handle, c.xDesc, c.wDesc, c.descriptor, c.yDesc, 8, count, forwardResults()));
  }

  @Test
  void countsVersionsAndErrorTextsAreThoseOfCudnn9() {
    int[] count = new int[1];
    check(JCudnn.cudnnGetConvolutionForwardAlgorithmMaxCount(cudnn.handle, count));
    assertEquals(8, count[0]);
    check(JCudnn.cudnnGetConvolutionBackwardDataAlgorithmMaxCount(cudnn.handle, count));
    assertEquals(6, count[0]);
    assertEquals(90500, JCudnn.cudnnGetVersion());
    assertEquals("CUDNN_STATUS_NOT_SUPPORTED", JCudnn.cudnnGetErrorString(NOT_SUPPORTED));
    assertEquals("CUDNN_STATUS_SUCCESS", JCudnn.cudnnGetErrorString(0));
  }
}
