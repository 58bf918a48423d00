package dev.nst.cuda;

import dev.nst.backend.Replay;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * A step as one CUDA graph. The step has run once when this is made, so that algorithms are chosen
 * and memory is there; its first repetition records what it launches, and that one and all later
 * ones launch the graph.
 */
final class GraphReplay implements Replay {

  private final CudaStream stream;
  private final Runnable step;
  private CUgraphExec executable;
  private boolean closed;

  GraphReplay(CudaStream stream, Runnable step) {
    this.stream = stream;
    this.step = step;
  }

  @Override
  public void run() {
    if (closed) {
      throw new IllegalStateException("a recording was run after its close");
    }
    if (executable == null) {
      executable = instantiate(capture());
    }
    Checked.driver("cuGraphLaunch", () -> JCudaDriver.cuGraphLaunch(executable, stream.handle()));
  }

  /**
   * Records in the relaxed mode, since libraries may still load code; that nothing is allocated,
   * our own memory sees to.
   */
  private CUgraph capture() {
    CUgraph graph = new CUgraph();
    Checked.driver(
        "cuStreamBeginCapture",
        () ->
            JCudaDriver.cuStreamBeginCapture(
                stream.handle(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
    boolean complete = false;
    try {
      step.run();
      end(graph);
      complete = true;
    } finally {
      if (!complete) {
        // What failed is what matters; this only makes sure that the capture has ended, since until
        // then nothing can be freed.
        CudaStream.quietly("cuStreamEndCapture", () -> discard(graph));
      }
    }
    return graph;
  }

  private void end(CUgraph graph) {
    Checked.driver(
        "cuStreamEndCapture", () -> JCudaDriver.cuStreamEndCapture(stream.handle(), graph));
  }

  private void discard(CUgraph graph) {
    end(graph);
    destroy(graph);
  }

  private static void destroy(CUgraph graph) {
    Checked.driver("cuGraphDestroy", () -> JCudaDriver.cuGraphDestroy(graph));
  }

  private static CUgraphExec instantiate(CUgraph graph) {
    CUgraphExec made = new CUgraphExec();
    try {
      Checked.driver("cuGraphInstantiate", () -> JCudaDriver.cuGraphInstantiate(made, graph, 0));
    } finally {
      CudaStream.quietly("cuGraphDestroy", () -> destroy(graph));
    }
    return made;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (executable != null) {
        CudaStream.quietly("cuStreamSynchronize", stream::synchronize);
        CudaStream.quietly(
            "cuGraphExecDestroy",
            () ->
                Checked.driver(
                    "cuGraphExecDestroy", () -> JCudaDriver.cuGraphExecDestroy(executable)));
      }
    }
  }
}
