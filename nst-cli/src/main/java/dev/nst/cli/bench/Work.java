package dev.nst.cli.bench;

import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * What a kernel has to do at least. Letters: N C H W the shape of a convolution's input, K its
 * output's channels.
 *
 * @param directOperations floating-point operations by the direct method, a multiply-add as two;
 *     zero where there are none to speak of
 * @param winogradOperations the same for convolutions by Winograd's F(4x4, 3x3) (Lavin and Gray
 *     2016), its multiplications alone: the transforms are what an implementation has to make
 *     cheap; for other kernels equal to {@code directOperations}
 * @param bytes that have to come from memory or go there: each map once, read or written, and a
 *     convolution's filter once
 */
record Work(double directOperations, double winogradOperations, double bytes) {

  static final Work NONE = new Work(0, 0, 0);

  /** Edge of the tile of pixels that F(4x4, 3x3) computes from one set of points. */
  private static final int TILE = 4;

  /** Points of such a tile, (4 + 3 - 1)^2. */
  private static final int POINTS = 36;

  /** Taps of a 3x3 filter. */
  private static final int TAPS = 9;

  /**
   * A 3x3 convolution or its gradient with respect to the input. Directly {@code 2 * 9 * N*H*W *
   * C*K} operations; by F(4x4, 3x3) {@code 2 * 36 * N * ceil(H/4) * ceil(W/4) * C*K}, a quarter of
   * that where 4 divides H and W. The filter is read as F(4x4, 3x3) needs it, {@code 36 * C*K}
   * numbers: weights are frozen, so they are transformed beforehand.
   *
   * @param input shape of the input
   * @param outChannels K
   * @param weightBytes bytes of a number of the filter
   * @param maps the maps that are read or written
   */
  static Work convolution(Shape input, int outChannels, int weightBytes, Tensor... maps) {
    double pairs = (double) input.c() * outChannels;
    double tiles = (double) input.n() * tiles(input.h()) * tiles(input.w());
    return new Work(
        2 * TAPS * (double) input.n() * input.area() * pairs,
        2 * POINTS * tiles * pairs,
        bytes(maps) + POINTS * pairs * weightBytes);
  }

  private static int tiles(int edge) {
    return (edge + TILE - 1) / TILE;
  }

  /**
   * A Gram matrix of C channels: {@code C * (C + 1) * H*W} operations, as it is symmetric.
   *
   * @param features {@code [1, C, H, W]}
   */
  static Work gram(Tensor gram, Tensor features) {
    Shape s = features.shape();
    double operations = (double) s.c() * (s.c() + 1) * s.area();
    return new Work(operations, operations, bytes(gram, features));
  }

  /**
   * The product of a {@code [rows, depth]} and a {@code [depth, columns]} matrix: {@code 2 * rows *
   * depth * columns} operations.
   *
   * @param tensors those that are read or written
   */
  static Work product(double rows, double depth, double columns, Tensor... tensors) {
    double operations = 2 * rows * depth * columns;
    return new Work(operations, operations, bytes(tensors));
  }

  /**
   * A pass over memory with no arithmetic to speak of.
   *
   * @param tensors those that are read or written; one that is both, twice
   */
  static Work pass(Tensor... tensors) {
    return new Work(0, 0, bytes(tensors));
  }

  /** Returns this and another kernel's work, together. */
  Work plus(Work other) {
    return new Work(
        directOperations + other.directOperations,
        winogradOperations + other.winogradOperations,
        bytes + other.bytes);
  }

  /** Returns this work with {@code tensor} read, too, if {@code also} is set. */
  Work plusIf(boolean also, Tensor tensor) {
    return also ? plus(pass(tensor)) : this;
  }

  private static double bytes(Tensor... tensors) {
    double sum = 0;
    for (Tensor tensor : tensors) {
      sum += (double) tensor.shape().size() * tensor.type().bytes();
    }
    return sum;
  }
}
