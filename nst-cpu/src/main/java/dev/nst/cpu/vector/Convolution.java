package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.cpu.vector.PackedGemm.Side;
import dev.nst.tensor.Shape;

/**
 * 3x3 convolution and its gradient: between feature maps by {@link WinogradConvolution}, to and
 * from pictures directly, as products of the pixels' neighbourhoods with the packed filter.
 *
 * <p>The channels alone decide, as the weights are transformed before the pictures' size is known.
 * With at most 4 channels at one side, transforms would cost more than the multiplications they
 * save. Small pictures waste parts of tiles, but cost little at all.
 */
final class Convolution {

  /** System property: {@code false} computes all convolutions directly, with half the memory. */
  static final String WINOGRAD_PROPERTY = "nst.winograd";

  /** The most channels at either side with which F(6x6, 3x3) was found faster. */
  static final int MAX_CHANNELS_OF_F6 = 256;

  private final WorkerPool pool;
  private final Workspace workspace;
  private final boolean winograd;

  Convolution(WorkerPool pool, Workspace workspace) {
    this.pool = pool;
    this.workspace = workspace;
    this.winograd = !"false".equals(System.getProperty(WINOGRAD_PROPERTY));
  }

  /** Prepares weights {@code [K, C, 3, 3]}. */
  VectorFilter prepare(float[] weights, float[] bias, int outChannels, int inChannels) {
    return transforms(outChannels, inChannels)
        ? WinogradFilter.transform(
            winogradFor(outChannels, inChannels), pool, weights, bias, outChannels, inChannels)
        : PackedFilter.pack(pool, weights, bias, outChannels, inChannels);
  }

  /** Returns the bytes of what {@link #prepare} returns. */
  long filterBytes(int outChannels, int inChannels) {
    return transforms(outChannels, inChannels)
        ? WinogradFilter.bytes(winogradFor(outChannels, inChannels), outChannels, inChannels)
        : PackedFilter.bytes(outChannels, inChannels);
  }

  /** Returns whether {@link #forwardPooled} takes filters of so many channels. */
  boolean fusesMaxPool(int outChannels, int inChannels) {
    return transforms(outChannels, inChannels);
  }

  /**
   * F(6x6, 3x3) takes a fifth less multiplications than F(4x4, 3x3), but filters of nearly twice
   * the size, which are read again for every block of tiles: it pays while they are small.
   */
  private static Winograd winogradFor(int outChannels, int inChannels) {
    return Math.max(outChannels, inChannels) <= MAX_CHANNELS_OF_F6 ? Winograd.F6 : Winograd.F4;
  }

  private boolean transforms(int outChannels, int inChannels) {
    return winograd && Layout.isBlocked(outChannels) && Layout.isBlocked(inChannels);
  }

  /** Returns whether the nearest pixel can stand for one beyond the edge of such an input. */
  boolean replicatesEdges(int inChannels) {
    return !Layout.isBlocked(inChannels);
  }

  /** {@code y = max(conv(x) + bias, 0)}, x being continued by its nearest pixel. */
  void forwardReplicated(float[] y, float[] x, Shape xs, VectorFilter filter) {
    Shape ys = xs.withChannels(filter.outChannels());
    forwardDirectly(y, ys, x, xs, packed(filter), true, true);
  }

  /** Gradient of {@link #forwardReplicated}; {@code dxs} is the shape of dx. */
  void backwardReplicated(float[] dx, Shape dxs, float[] dy, float[] mask, VectorFilter filter) {
    Shape dys = dxs.withChannels(filter.outChannels());
    backwardDirectly(dx, dxs, dy, mask, dys, packed(filter), true);
  }

  private static PackedFilter packed(VectorFilter filter) {
    if (filter instanceof PackedFilter packed) {
      return packed;
    }
    throw new UnsupportedOperationException("edges are replicated for pictures only");
  }

  /** {@code y = conv(x) + bias}, then ReLU if wanted; {@code xs} is the shape of x. */
  void forward(float[] y, float[] x, Shape xs, VectorFilter filter, boolean relu) {
    Shape ys = xs.withChannels(filter.outChannels());
    if (filter instanceof WinogradFilter transformed) {
      WinogradConvolution.forward(transformed, relu)
          .run(pool, workspace, new MapSource(x, null, xs), new MapSink(y, ys));
    } else if (filter instanceof PackedFilter packed) {
      forwardDirectly(y, ys, x, xs, packed, relu, false);
    }
  }

  private void forwardDirectly(
      float[] y,
      Shape ys,
      float[] x,
      Shape xs,
      PackedFilter filter,
      boolean relu,
      boolean replicate) {
    if (Layout.isBlocked(xs)) {
      new PackedGemm(filter.forward(), filter.bias(), relu)
          .multiply(pool, workspace, sides(y, ys, x, null, xs), xs.area(), false);
    } else {
      new ImageConvolution(filter.forward(), filter.bias(), relu, replicate)
          .run(pool, workspace, y, ys, x, xs);
    }
  }

  /**
   * {@code dx} from {@code dy}, which counts as 0 where {@code mask} is not above 0.
   *
   * @param mask the forward output after ReLU, or null for a convolution without it; must be null
   *     where dy is planar
   * @param dxs shape of dx
   */
  void backward(float[] dx, Shape dxs, float[] dy, float[] mask, VectorFilter filter) {
    Shape dys = dxs.withChannels(filter.outChannels());
    if (filter instanceof WinogradFilter transformed) {
      WinogradConvolution.backward(transformed, pool)
          .run(pool, workspace, new MapSource(dy, mask, dys), new MapSink(dx, dxs));
    } else if (filter instanceof PackedFilter packed) {
      backwardDirectly(dx, dxs, dy, mask, dys, packed, false);
    }
  }

  /** The pooled convolution after ReLU; {@code xs} is the shape of x. */
  void forwardPooled(
      float[] pooled, float[] switches, float[] x, Shape xs, VectorFilter filter, float scale) {
    Shape shape = xs.withChannels(filter.outChannels()).pooled();
    WinogradConvolution.forward(transformed(filter), true)
        .run(
            pool,
            workspace,
            new MapSource(x, null, xs),
            new MaxPoolSink(pooled, switches, scale, shape));
  }

  /** The gradient of {@link #forwardPooled}; {@code dxs} is the shape of dx. */
  void backwardPooled(
      float[] dx, Shape dxs, float[] dy, float[] switches, VectorFilter filter, float scale) {
    Shape map = dxs.withChannels(filter.outChannels());
    WinogradConvolution.backward(transformed(filter), pool)
        .run(
            pool,
            workspace,
            new PooledSource(dy, switches, scale, map.pooled(), map),
            new MapSink(dx, dxs));
  }

  private static WinogradFilter transformed(VectorFilter filter) {
    if (filter instanceof WinogradFilter transformed) {
      return transformed;
    }
    throw new UnsupportedOperationException(
        "max-pooling is fused with convolutions by Winograd only");
  }

  private void backwardDirectly(
      float[] dx,
      Shape dxs,
      float[] dy,
      float[] mask,
      Shape dys,
      PackedFilter filter,
      boolean replicate) {
    PackedMatrix weights = filter.backward(pool);
    if (!Layout.isBlocked(dxs)) {
      new ImageGradient(weights, dxs, dys, replicate).run(pool, workspace, dx, dy, mask);
    } else if (!Layout.isBlocked(dys)) {
      new ImageConvolution(weights, null, false, false).run(pool, workspace, dx, dxs, dy, dys);
    } else {
      new PackedGemm(weights, null, false)
          .multiply(pool, workspace, sides(dx, dxs, dy, mask, dys), dxs.area(), false);
    }
  }

  private static Side[] sides(
      float[] out, Shape outShape, float[] in, float[] mask, Shape inShape) {
    Side[] sides = new Side[inShape.n()];
    for (int n = 0; n < sides.length; n++) {
      sides[n] = new Side(new ConvRows(in, mask, inShape, n), TileTarget.pixels(out, outShape, n));
    }
    return sides;
  }
}
