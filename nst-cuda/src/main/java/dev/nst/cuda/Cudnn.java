package dev.nst.cuda;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;

/** A cuDNN handle on a stream, and the descriptors made for it. */
final class Cudnn implements AutoCloseable {

  /** cuDNN's factors of a result and of what was there before: write, do not add. */
  static final Pointer ONE = Pointer.to(new float[] {1});

  static final Pointer ZERO = Pointer.to(new float[] {0});

  private record TensorKey(Shape shape, DType type) {}

  private final CudaStream stream;
  private final Layout layout;
  private final cudnnHandle handle = new cudnnHandle();
  private final Map<TensorKey, cudnnTensorDescriptor> tensors = new HashMap<>();
  private final Deque<Runnable> destructors = new ArrayDeque<>();

  Cudnn(CudaStream stream, Layout layout) {
    this.stream = stream;
    this.layout = layout;
    stream.enter();
    Checked.cudnn("cudnnCreate", () -> JCudnn.cudnnCreate(handle), stream.device()::toString);
    destroyAtClose("cudnnDestroy", () -> JCudnn.cudnnDestroy(handle));
    boolean complete = false;
    try {
      Checked.cudnn(
          "cudnnSetStream", () -> JCudnn.cudnnSetStream(handle, new cudaStream_t(stream.handle())));
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /** Returns the version, as in "9.5.0". */
  static String version() {
    long number = JCudnn.cudnnGetVersion();
    return number / 10000 + "." + number % 10000 / 100 + "." + number % 100;
  }

  /** Returns the version of CUDA that cuDNN was built for: 1000 * major + 10 * minor. */
  static int cudaVersion() {
    return (int) JCudnn.cudnnGetCudartVersion();
  }

  /** Returns the handle, with the context current on this thread. */
  cudnnHandle handle() {
    stream.enter();
    return handle;
  }

  CudaStream stream() {
    return stream;
  }

  /** Returns the description of a tensor, which lives as long as the handle. */
  cudnnTensorDescriptor tensor(Shape shape, DType type) {
    return tensors.computeIfAbsent(new TensorKey(shape, type), key -> describe(shape, type));
  }

  private cudnnTensorDescriptor describe(Shape shape, DType type) {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    create(
        "TensorDescriptor",
        () -> JCudnn.cudnnCreateTensorDescriptor(descriptor),
        () -> JCudnn.cudnnDestroyTensorDescriptor(descriptor));
    Checked.cudnn(
        "cudnnSetTensor4dDescriptor",
        () ->
            JCudnn.cudnnSetTensor4dDescriptor(
                descriptor,
                layout.cudnnFormat(shape),
                Layout.cudnnType(type),
                shape.n(),
                shape.c(),
                shape.h(),
                shape.w()),
        () -> shape + " " + type);
    return descriptor;
  }

  /** A library call that returns a status. */
  interface Call {
    int run();
  }

  /** Creates a descriptor that is destroyed before the handle is. */
  void create(String kind, Call create, Call destroy) {
    stream.enter();
    Checked.cudnn("cudnnCreate" + kind, create::run);
    destroyAtClose("cudnnDestroy" + kind, destroy);
  }

  private void destroyAtClose(String name, Call destroy) {
    destructors.push(() -> CudaStream.quietly(name, () -> Checked.cudnn(name, destroy::run)));
  }

  @Override
  public void close() {
    CudaStream.quietly("cuCtxSetCurrent", stream::enter);
    while (!destructors.isEmpty()) {
      destructors.pop().run();
    }
  }
}
