package dev.nst.cuda;

import dev.nst.tensor.DType;
import dev.nst.tensor.Tensor;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own kernels, compiled for each element type that a backend has.
 *
 * @param floats those for float32
 * @param features those for the type of feature maps; the same where that is float32
 */
record Kernels(KernelModule floats, KernelModule features) {

  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  /** What the sources share with the code that launches them. */
  static final List<String> DEFINES =
      List.of("SUM_THREADS=" + Grid.THREADS, "CHANNEL_GROUP=" + Elementwise.CHANNEL_GROUP);

  /** Loads the kernels onto the device; {@code closing} unloads them. */
  static Kernels load(
      CudaStream stream, KernelCompiler compiler, DType featureType, Closing closing) {
    KernelModule floats = closing.add(load(stream, compiler, DType.F32));
    return new Kernels(
        floats,
        featureType == DType.F32 ? floats : closing.add(load(stream, compiler, featureType)));
  }

  private static KernelModule load(CudaStream stream, KernelCompiler compiler, DType type) {
    int capability = stream.device().capability();
    String source = KernelSource.of(type);
    try {
      return new KernelModule(stream, compiler.compile(source, capability, DEFINES));
    } catch (CudaFailure e) {
      if (!e.isUnusableCode()) {
        throw e;
      }
      // A kept file may be damaged, or made for another driver.
      LOG.debug("kept kernels do not load and are compiled anew", e);
      return new KernelModule(stream, compiler.compileAnew(source, capability, DEFINES));
    }
  }

  /** Returns the kernels for a tensor's type. */
  KernelModule of(Tensor tensor) {
    return tensor.type() == DType.F32 ? floats : features;
  }
}
