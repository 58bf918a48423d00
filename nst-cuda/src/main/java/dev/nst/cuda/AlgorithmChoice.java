package dev.nst.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks cuDNN for the fastest algorithm of a convolution: by running all of them, or, while a graph
 * is recorded, when nothing may run, by its rules of thumb. Algorithms that give other bits from
 * run to run, or need more workspace than there is, are passed over.
 */
final class AlgorithmChoice {

  private static final Logger LOG = LoggerFactory.getLogger(AlgorithmChoice.class);

  /** More than cuDNN has of either kind. */
  private static final int MOST = 10;

  /** What cuDNN says of one algorithm. */
  private record Candidate(
      int algorithm, int status, long workspaceBytes, int determinism, float milliseconds) {}

  private final Cudnn cudnn;
  private final Workspace workspace;

  AlgorithmChoice(Cudnn cudnn, Workspace workspace) {
    this.cudnn = cudnn;
    this.workspace = workspace;
  }

  /** Chooses for a forward convolution; y is overwritten with anything. */
  int forward(
      cudnnTensorDescriptor in,
      Pointer x,
      cudnnFilterDescriptor filter,
      Pointer weights,
      cudnnConvolutionDescriptor convolution,
      cudnnTensorDescriptor out,
      Pointer y,
      String detail) {
    cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[MOST];
    for (int i = 0; i < MOST; i++) {
      found[i] = new cudnnConvolutionFwdAlgoPerf();
    }
    int[] count = new int[1];
    if (isRecording()) {
      Checked.cudnn(
          "cudnnGetConvolutionForwardAlgorithm_v7",
          () ->
              JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                  cudnn.handle(), in, filter, convolution, out, MOST, count, found),
          () -> detail);
    } else {
      Checked.cudnn(
          "cudnnFindConvolutionForwardAlgorithmEx",
          () ->
              JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                  cudnn.handle(),
                  in,
                  x,
                  filter,
                  weights,
                  convolution,
                  out,
                  y,
                  MOST,
                  count,
                  found,
                  workspace.cudnn(),
                  workspace.cudnnBytes()),
          () -> detail);
    }
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      cudnnConvolutionFwdAlgoPerf one = found[i];
      candidates.add(new Candidate(one.algo, one.status, one.memory, one.determinism, one.time));
    }
    return best("forward", candidates, detail);
  }

  /** Chooses for a gradient with respect to the input; dx is overwritten with anything. */
  int backward(
      cudnnFilterDescriptor filter,
      Pointer weights,
      cudnnTensorDescriptor out,
      Pointer dy,
      cudnnConvolutionDescriptor convolution,
      cudnnTensorDescriptor in,
      Pointer dx,
      String detail) {
    cudnnConvolutionBwdDataAlgoPerf[] found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
    for (int i = 0; i < MOST; i++) {
      found[i] = new cudnnConvolutionBwdDataAlgoPerf();
    }
    int[] count = new int[1];
    if (isRecording()) {
      Checked.cudnn(
          "cudnnGetConvolutionBackwardDataAlgorithm_v7",
          () ->
              JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                  cudnn.handle(), filter, out, convolution, in, MOST, count, found),
          () -> detail);
    } else {
      Checked.cudnn(
          "cudnnFindConvolutionBackwardDataAlgorithmEx",
          () ->
              JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                  cudnn.handle(),
                  filter,
                  weights,
                  out,
                  dy,
                  convolution,
                  in,
                  dx,
                  MOST,
                  count,
                  found,
                  workspace.cudnn(),
                  workspace.cudnnBytes()),
          () -> detail);
    }
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      cudnnConvolutionBwdDataAlgoPerf one = found[i];
      candidates.add(new Candidate(one.algo, one.status, one.memory, one.determinism, one.time));
    }
    return best("backward", candidates, detail);
  }

  private boolean isRecording() {
    int[] status = new int[1];
    Checked.driver(
        "cuStreamIsCapturing",
        () -> JCudaDriver.cuStreamIsCapturing(cudnn.stream().handle(), status));
    return status[0] != 0;
  }

  /** Returns the first that works: cuDNN orders them by time. */
  private int best(String direction, List<Candidate> candidates, String detail) {
    for (Candidate one : candidates) {
      if (one.status() == 0
          && one.workspaceBytes() <= workspace.cudnnBytes()
          && one.determinism() == cudnnDeterminism.CUDNN_DETERMINISTIC) {
        LOG.debug(
            "{} {}: algorithm {}, {} ms, {} bytes of workspace",
            direction,
            detail,
            one.algorithm(),
            one.milliseconds(),
            one.workspaceBytes());
        return one.algorithm();
      }
    }
    throw CudaFailure.of("cudnnConvolution, " + direction, detail, "CUDNN_STATUS_NOT_SUPPORTED");
  }
}
