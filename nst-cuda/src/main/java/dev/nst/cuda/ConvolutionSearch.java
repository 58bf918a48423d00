package dev.nst.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * Asks cuDNN which algorithms a convolution has: by running all of them, or by its rules of thumb.
 */
final class ConvolutionSearch {

  /** More than cuDNN has of either kind, each with two math types. */
  private static final int MOST = 24;

  private final Cudnn cudnn;
  private final Workspace workspace;

  ConvolutionSearch(Cudnn cudnn, Workspace workspace) {
    this.cudnn = cudnn;
    this.workspace = workspace;
  }

  /**
   * A convolution on the device.
   *
   * @param in describes the input or its gradient, at {@code x}
   * @param out describes the output or its gradient, at {@code y}
   * @param products multiply-adds by the direct method
   * @param detail for messages
   */
  record Problem(
      cudnnTensorDescriptor in,
      Pointer x,
      cudnnFilterDescriptor filter,
      Pointer weights,
      cudnnConvolutionDescriptor convolution,
      cudnnTensorDescriptor out,
      Pointer y,
      long products,
      String detail) {}

  /** Lists the forward algorithms; y is overwritten with anything. */
  List<AlgorithmChoice.Row> forward(Problem p, boolean run) {
    cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[MOST];
    for (int i = 0; i < MOST; i++) {
      found[i] = new cudnnConvolutionFwdAlgoPerf();
    }
    int[] count = new int[1];
    if (run) {
      Checked.cudnn(
          "cudnnFindConvolutionForwardAlgorithmEx",
          () ->
              JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                  cudnn.handle(),
                  p.in(),
                  p.x(),
                  p.filter(),
                  p.weights(),
                  p.convolution(),
                  p.out(),
                  p.y(),
                  MOST,
                  count,
                  found,
                  workspace.cudnn(),
                  workspace.cudnnBytes()),
          p::detail);
    } else {
      Checked.cudnn(
          "cudnnGetConvolutionForwardAlgorithm_v7",
          () ->
              JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                  cudnn.handle(), p.in(), p.filter(), p.convolution(), p.out(), MOST, count, found),
          p::detail);
    }
    List<AlgorithmChoice.Row> rows = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      rows.add(row(found[i].algo, found[i].status, found[i].determinism));
    }
    return rows;
  }

  /** Lists the algorithms of the input's gradient; x is overwritten with anything. */
  List<AlgorithmChoice.Row> backward(Problem p, boolean run) {
    cudnnConvolutionBwdDataAlgoPerf[] found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
    for (int i = 0; i < MOST; i++) {
      found[i] = new cudnnConvolutionBwdDataAlgoPerf();
    }
    int[] count = new int[1];
    if (run) {
      Checked.cudnn(
          "cudnnFindConvolutionBackwardDataAlgorithmEx",
          () ->
              JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                  cudnn.handle(),
                  p.filter(),
                  p.weights(),
                  p.out(),
                  p.y(),
                  p.convolution(),
                  p.in(),
                  p.x(),
                  MOST,
                  count,
                  found,
                  workspace.cudnn(),
                  workspace.cudnnBytes()),
          p::detail);
    } else {
      Checked.cudnn(
          "cudnnGetConvolutionBackwardDataAlgorithm_v7",
          () ->
              JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                  cudnn.handle(), p.filter(), p.out(), p.convolution(), p.in(), MOST, count, found),
          p::detail);
    }
    List<AlgorithmChoice.Row> rows = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      rows.add(row(found[i].algo, found[i].status, found[i].determinism));
    }
    return rows;
  }

  private static AlgorithmChoice.Row row(int algorithm, int status, int determinism) {
    return new AlgorithmChoice.Row(
        algorithm, status, determinism == cudnnDeterminism.CUDNN_DETERMINISTIC);
  }

  /** Returns the workspace that a forward algorithm needs. */
  long forwardWorkspace(Problem p, int algorithm) {
    long[] bytes = new long[1];
    Checked.cudnn(
        "cudnnGetConvolutionForwardWorkspaceSize",
        () ->
            JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                cudnn.handle(), p.in(), p.filter(), p.convolution(), p.out(), algorithm, bytes),
        p::detail);
    return bytes[0];
  }

  /** Returns the workspace that an algorithm of the input's gradient needs. */
  long backwardWorkspace(Problem p, int algorithm) {
    long[] bytes = new long[1];
    Checked.cudnn(
        "cudnnGetConvolutionBackwardDataWorkspaceSize",
        () ->
            JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                cudnn.handle(), p.filter(), p.out(), p.convolution(), p.in(), algorithm, bytes),
        p::detail);
    return bytes[0];
  }
}
