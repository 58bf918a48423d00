package dev.nst.cuda;

import dev.nst.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Puts the kernels' files together to one program for an element type. */
final class KernelSource {

  /** Kernels of any element type T. */
  private static final List<String> ANY_TYPE =
      List.of(
          "fill",
          "convert",
          "layout",
          "noise",
          "add",
          "scale",
          "bias",
          "relu",
          "relu_backward",
          "pool_backward",
          "l2_pool",
          "absolute_sum",
          "scale_by_power",
          "channels",
          "edges",
          "conv_direct",
          "conv_image",
          "conv_image_backward",
          "gram_gradient",
          "mean_squared_error",
          "mean_squared_error_backward");

  /** Kernels of float32 only. */
  private static final List<String> FLOAT32 =
      List.of(
          "sum_matrices",
          "sum_partials",
          "total_variation",
          "total_variation_backward",
          "affine_channels",
          "clamp_channels",
          "squared_variation",
          "tensor_algebra",
          "adam",
          "unscale");

  private KernelSource() {}

  /** Returns the program with T = {@code type}; that of float32 holds the float32 kernels too. */
  static String of(DType type) {
    List<String> names = new ArrayList<>(ANY_TYPE);
    if (type == DType.F32) {
      names.addAll(FLOAT32);
    }
    StringBuilder program = new StringBuilder();
    append(program, "numeric.cuh");
    program.append("typedef ").append(Layout.kernelType(type)).append(" T;\n");
    for (String name : names) {
      append(program, name + ".cu");
    }
    return program.toString();
  }

  /** Adds a file, with its own name and line numbers in the compiler's messages. */
  private static void append(StringBuilder program, String file) {
    program.append("#line 1 \"").append(file).append("\"\n").append(read("kernels/" + file));
  }

  private static String read(String resource) {
    try (InputStream in = KernelSource.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the jar of nst-cuda lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource + " from the jar of nst-cuda", e);
    }
  }
}
