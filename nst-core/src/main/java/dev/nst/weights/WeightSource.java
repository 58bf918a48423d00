package dev.nst.weights;

import java.util.Map;

/**
 * Named tensors that a model is built from, whatever holds them: a file, memory, a generator.
 *
 * <p>Convolution kernels are laid out OIHW (output channels, input channels, height, width).
 */
public interface WeightSource {

  /**
   * Whether this source holds a tensor.
   *
   * @param name a tensor's name, such as {@code features.0.weight}
   * @return true if {@link #shape} and {@link #read} know it
   */
  boolean has(String name);

  /**
   * The extents of a tensor.
   *
   * @param name a tensor's name
   * @return a new array, outermost extent first; empty for a scalar
   * @throws dev.nst.NstException if there is no such tensor
   */
  int[] shape(String name);

  /**
   * The elements of a tensor in row-major order, widened to 32 bits where they are stored in 16.
   *
   * @param name a tensor's name
   * @return a new array
   * @throws dev.nst.NstException if there is no such tensor or it cannot be read
   */
  float[] read(String name);

  /**
   * What is said about these weights as a whole: origin, checksum, layout.
   *
   * @return an unmodifiable map, possibly empty
   */
  Map<String, String> metadata();

  /**
   * Names this source in messages.
   *
   * @return a short phrase, such as a file's path
   */
  String description();
}
