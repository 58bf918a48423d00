package dev.nst.cpu.vector;

import dev.nst.cpu.WorkerPool;
import dev.nst.cpu.vector.PackedGemm.Side;
import dev.nst.tensor.Shape;

/**
 * 3x3 convolution and its gradient as products of the pixels' neighbourhoods with the packed
 * filter.
 */
final class Convolution {

  private final WorkerPool pool;
  private final Workspace workspace;

  Convolution(WorkerPool pool, Workspace workspace) {
    this.pool = pool;
    this.workspace = workspace;
  }

  /** {@code y = conv(x) + bias}, then ReLU if wanted; {@code xs} is the shape of x. */
  void forward(float[] y, float[] x, Shape xs, PackedFilter filter, boolean relu) {
    Shape ys = xs.withChannels(filter.outChannels());
    new PackedGemm(filter.forward(), filter.bias(), relu)
        .multiply(pool, workspace, sides(y, ys, x, null, xs), xs.area(), false);
  }

  /**
   * {@code dx} from {@code dy}, which counts as 0 where {@code mask} is not above 0.
   *
   * @param mask the forward output after ReLU, or null for a convolution without it; must be null
   *     where dy is planar
   * @param dxs shape of dx
   */
  void backward(float[] dx, Shape dxs, float[] dy, float[] mask, PackedFilter filter) {
    Shape dys = dxs.withChannels(filter.outChannels());
    PackedMatrix weights = filter.backward(pool);
    if (Layout.isBlocked(dxs)) {
      new PackedGemm(weights, null, false)
          .multiply(pool, workspace, sides(dx, dxs, dy, mask, dys), dxs.area(), false);
    } else {
      new ImageGradient(weights, dxs).run(pool, workspace, dx, dy, mask, dys);
    }
  }

  private static Side[] sides(
      float[] out, Shape outShape, float[] in, float[] mask, Shape inShape) {
    Side[] sides = new Side[inShape.n()];
    for (int n = 0; n < sides.length; n++) {
      RowSource rows =
          Layout.isBlocked(inShape)
              ? new ConvRows(in, mask, inShape, n)
              : new PlanarConvRows(in, inShape, n);
      sides[n] = new Side(rows, TileTarget.pixels(out, outShape, n));
    }
    return sides;
  }
}
