package dev.nst.cuda;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** The kernels of one element type, loaded on the device. */
final class KernelModule implements AutoCloseable {

  private final CudaStream stream;
  private final CUmodule module = new CUmodule();
  private final Map<String, CUfunction> functions = new HashMap<>();

  /**
   * Loads machine code.
   *
   * @param code what {@link KernelCompiler} returned
   */
  KernelModule(CudaStream stream, byte[] code) {
    this.stream = stream;
    stream.enter();
    Checked.driver("cuModuleLoadData", () -> JCudaDriver.cuModuleLoadData(module, code));
  }

  /** Queues a kernel in the stream. */
  void launch(String kernel, Grid grid, Arguments arguments) {
    CUfunction function = functions.computeIfAbsent(kernel, this::find);
    Checked.driver(
        "cuLaunchKernel",
        () ->
            JCudaDriver.cuLaunchKernel(
                function,
                grid.blocksX(),
                grid.blocksY(),
                grid.blocksZ(),
                grid.threadsX(),
                grid.threadsY(),
                1,
                grid.sharedBytes(),
                stream.handle(),
                arguments.toPointer(),
                null),
        () -> kernel + " as " + grid + " on " + stream.device().name());
  }

  private CUfunction find(String kernel) {
    CUfunction function = new CUfunction();
    Checked.driver(
        "cuModuleGetFunction",
        () -> JCudaDriver.cuModuleGetFunction(function, module, kernel),
        () -> kernel);
    return function;
  }

  @Override
  public void close() {
    CudaStream.quietly(
        "cuModuleUnload",
        () -> {
          stream.enter();
          Checked.driver("cuModuleUnload", () -> JCudaDriver.cuModuleUnload(module));
        });
  }
}
