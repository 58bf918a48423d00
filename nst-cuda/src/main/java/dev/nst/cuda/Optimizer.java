package dev.nst.cuda;

import dev.nst.backend.AdamParameters;
import dev.nst.backend.Backend;
import dev.nst.backend.LossScaling;
import dev.nst.cuda.Workspace.Scalar;
import dev.nst.tensor.Tensor;
import jcuda.driver.CUdeviceptr;

/** Loss scaling and Adam, on float32 tensors, with all decisions made on the device. */
final class Optimizer {

  private final DeviceMemory memory;
  private final KernelModule floats;
  private final Workspace workspace;

  Optimizer(DeviceMemory memory, KernelModule floats, Workspace workspace) {
    this.memory = memory;
    this.floats = floats;
    this.workspace = workspace;
  }

  /** See {@link Backend#unscale}. */
  void unscale(Tensor gradient, Tensor scale, Tensor streak, Tensor apply, LossScaling parameters) {
    CUdeviceptr overflow = workspace.scalar(Scalar.OVERFLOW);
    long n = gradient.shape().size();
    Arguments divide =
        new Arguments()
            .pointer(memory.pointer(gradient))
            .pointer(memory.pointer(scale))
            .pointer(overflow)
            .index(n);
    Arguments adapt =
        new Arguments()
            .pointer(memory.pointer(scale))
            .pointer(memory.pointer(streak))
            .pointer(memory.pointer(apply))
            .pointer(overflow)
            .float32(parameters.growthFactor())
            .float32(parameters.backoffFactor())
            .float32(parameters.growthInterval())
            .float32(parameters.smallest())
            .float32(parameters.largest());
    memory.clear(overflow, Integer.BYTES);
    floats.launch("unscale", Grid.covering(n), divide);
    floats.launch("adapt_scale", Grid.single(), adapt);
  }

  /** See {@link Backend#adamStep}. */
  void adamStep(
      Tensor x,
      Tensor m,
      Tensor v,
      Tensor count,
      Tensor gradient,
      Tensor apply,
      AdamParameters parameters) {
    CUdeviceptr corrections = workspace.scalar(Scalar.ADAM_CORRECTIONS);
    long n = x.shape().size();
    double beta1 = parameters.beta1();
    double beta2 = parameters.beta2();
    Arguments prepare =
        new Arguments()
            .pointer(corrections)
            .pointer(memory.pointer(count))
            .pointer(memory.pointer(apply))
            .float64(beta1)
            .float64(beta2);
    Arguments move =
        new Arguments()
            .pointer(memory.pointer(x))
            .pointer(memory.pointer(m))
            .pointer(memory.pointer(v))
            .pointer(memory.pointer(gradient))
            .pointer(corrections)
            .pointer(memory.pointer(apply))
            .float32((float) parameters.learningRate())
            .float32((float) beta1)
            .float32((float) beta2)
            .float32((float) (1 - beta1))
            .float32((float) (1 - beta2))
            .float32((float) parameters.epsilon())
            .index(n);
    floats.launch("adam_count", Grid.single(), prepare);
    floats.launch("adam", Grid.covering(n), move);
  }
}
