package dev.nst.cpu.scalar;

import dev.nst.backend.PictureKernels;
import dev.nst.cpu.HeapTensors;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import java.util.Arrays;

/** {@link PictureKernels} in plain loops. */
final class ScalarPictures implements PictureKernels {

  /** A pair of pixels of one plane and the factor on its squared difference. */
  private interface PairVisitor {
    void visit(int from, int to, float factor);
  }

  private final HeapTensors memory;

  ScalarPictures(HeapTensors memory) {
    this.memory = memory;
  }

  @Override
  public void squaredVariation(Tensor loss, Tensor x, float straight, float diagonal) {
    float[] values = memory.data(x);
    double[] sum = {0};
    forEachPair(
        x.shape(),
        straight,
        diagonal,
        (from, to, factor) -> {
          double difference = values[to] - values[from];
          sum[0] += factor * difference * difference;
        });
    memory.data(loss)[0] = (float) sum[0];
  }

  @Override
  public void squaredVariationBackward(
      Tensor dx, Tensor x, Tensor gradLoss, float straight, float diagonal, boolean accumulate) {
    float[] values = memory.data(x);
    float[] gradient = memory.data(dx);
    float seed = 2 * memory.data(gradLoss)[0];
    if (!accumulate) {
      Arrays.fill(gradient, 0, Math.toIntExact(x.shape().size()), 0);
    }
    forEachPair(
        x.shape(),
        straight,
        diagonal,
        (from, to, factor) -> {
          float pull = seed * factor * (values[to] - values[from]);
          gradient[to] += pull;
          gradient[from] -= pull;
        });
  }

  /** Visits straight pairs, then both diagonals of every cell of the padded picture. */
  private static void forEachPair(Shape s, float straight, float diagonal, PairVisitor visitor) {
    for (int plane = 0; plane < s.n() * s.c(); plane++) {
      int base = plane * s.area();
      for (int i = 0; i <= s.h(); i++) {
        for (int j = 0; j <= s.w(); j++) {
          int above = base + Math.max(i - 1, 0) * s.w();
          int here = base + Math.min(i, s.h() - 1) * s.w();
          int left = Math.max(j - 1, 0);
          int right = Math.min(j, s.w() - 1);
          if (i < s.h()) {
            visitor.visit(here + left, here + right, straight);
          }
          if (j < s.w()) {
            visitor.visit(above + right, here + right, straight);
          }
          visitor.visit(above + left, here + right, diagonal);
          visitor.visit(here + left, above + right, diagonal);
        }
      }
    }
  }

  @Override
  public void clampChannels(Tensor x, float[] low, float[] high) {
    float[] values = memory.data(x);
    Shape s = x.shape();
    for (int i = 0; i < s.size(); i++) {
      int c = i / s.area() % s.c();
      values[i] = Math.min(Math.max(values[i], low[c]), high[c]);
    }
  }

  /** Where a pixel of the smaller map lies, and where one of its places in the larger one does. */
  private interface PlaceVisitor {
    void visit(int inner, int outer);
  }

  /** Visits every position of the padded map with the nearest one of the map of shape s. */
  private static void forEachPlace(Shape s, PlaceVisitor visitor) {
    int outer = 0;
    for (int plane = 0; plane < s.n() * s.c(); plane++) {
      for (int i = -1; i <= s.h(); i++) {
        int row = plane * s.area() + Math.min(Math.max(i, 0), s.h() - 1) * s.w();
        for (int j = -1; j <= s.w(); j++) {
          visitor.visit(row + Math.min(Math.max(j, 0), s.w() - 1), outer++);
        }
      }
    }
  }

  /** Visits every position of the map of shape s with its place in the padded one. */
  private static void forEachInnerPlace(Shape s, PlaceVisitor visitor) {
    int wide = s.w() + 2;
    for (int inner = 0; inner < s.size(); inner++) {
      int row = inner / s.w() % s.h();
      int plane = inner / s.area();
      visitor.visit(inner, (plane * (s.h() + 2) + row + 1) * wide + inner % s.w() + 1);
    }
  }

  @Override
  public void replicateEdges(Tensor y, Tensor x) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    forEachPlace(x.shape(), (inner, outer) -> out[outer] = in[inner]);
  }

  @Override
  public void replicateEdgesBackward(Tensor dx, Tensor dy) {
    float[] out = memory.data(dx);
    float[] in = memory.data(dy);
    Arrays.fill(out, 0, Math.toIntExact(dx.shape().size()), 0);
    forEachPlace(dx.shape(), (inner, outer) -> out[inner] += in[outer]);
  }

  @Override
  public void cropEdges(Tensor y, Tensor x) {
    float[] out = memory.data(y);
    float[] in = memory.data(x);
    forEachInnerPlace(y.shape(), (inner, outer) -> out[inner] = in[outer]);
  }

  @Override
  public void cropEdgesBackward(Tensor dx, Tensor dy) {
    float[] out = memory.data(dx);
    float[] in = memory.data(dy);
    Arrays.fill(out, 0, Math.toIntExact(dx.shape().size()), 0);
    forEachInnerPlace(dy.shape(), (inner, outer) -> out[outer] = in[inner]);
  }
}
