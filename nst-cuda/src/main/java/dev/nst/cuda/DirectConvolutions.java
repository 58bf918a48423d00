package dev.nst.cuda;

import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import jcuda.driver.CUdeviceptr;

/**
 * 3x3 convolutions by kernels of our own: the layer that sees the picture, and shapes that tensor
 * cores do not take.
 */
final class DirectConvolutions {

  /** Output channels that a thread of {@code conv_image} computes. */
  private static final int GROUP = 8;

  /** Positions that it computes. */
  private static final int STRIP = 4;

  // The tile of conv_image_backward.
  private static final int TILE_WIDTH = 32;
  private static final int TILE_HEIGHT = 16;
  private static final int TILE_THREADS_Y = 4;

  /** Dynamic shared memory that every device allows. */
  private static final int MOST_SHARED_BYTES = 48 << 10;

  private final KernelModule kernels;
  private final Layout layout;
  private final DType featureType;

  DirectConvolutions(KernelModule kernels, Layout layout, DType featureType) {
    this.kernels = kernels;
    this.layout = layout;
    this.featureType = featureType;
  }

  /** A map on the device. */
  record Map(CUdeviceptr pointer, Shape shape, DType type) {}

  /** {@code y = conv(x) + bias}, then the maximum with 0 if asked. */
  void forward(Map y, Map x, CudaFilter filter, boolean rectify) {
    if (isPicture(x, y, filter)) {
      Shape s = x.shape();
      long strips = (long) s.n() * s.h() * ((s.w() + STRIP - 1) / STRIP);
      long threads = strips * (filter.outChannels() / GROUP);
      kernels.launch(
          "conv_image",
          Grid.covering(threads).withSharedBytes(sharedBytes(filter)),
          new Arguments()
              .pointer(y.pointer())
              .pointer(x.pointer())
              .pointer(filter.weights())
              .pointer(filter.bias())
              .int32(s.c())
              .int32(filter.outChannels())
              .int32(s.h())
              .int32(s.w())
              .flag(rectify)
              .index(threads));
    } else {
      direct(y, x, filter, filter.bias(), rectify, false);
    }
  }

  /**
   * Gradient with respect to the input.
   *
   * @param y where it is not above zero dy counts as zero; null for all of dy
   * @return false if the mask could not be applied, and nothing was done
   */
  boolean backward(Map dx, Map dy, CUdeviceptr y, CudaFilter filter) {
    if (isPicture(dx, dy, filter)) {
      Shape s = dx.shape();
      kernels.launch(
          "conv_image_backward",
          new Grid(
              (s.w() + TILE_WIDTH - 1) / TILE_WIDTH,
              (s.h() + TILE_HEIGHT - 1) / TILE_HEIGHT,
              s.n(),
              TILE_WIDTH,
              TILE_THREADS_Y,
              0),
          new Arguments()
              .pointer(dx.pointer())
              .pointer(dy.pointer())
              .pointer(y)
              .pointer(filter.weights())
              .int32(s.c())
              .int32(filter.outChannels())
              .int32(s.h())
              .int32(s.w()));
      return true;
    }
    if (y != null) {
      return false;
    }
    direct(dx, dy, filter, null, false, true);
    return true;
  }

  private boolean isPicture(Map picture, Map map, CudaFilter filter) {
    return picture.shape().c() <= Layout.PICTURE_CHANNELS
        && picture.type() == DType.F32
        && layout.isChannelsLast(map.shape())
        && filter.outChannels() % GROUP == 0
        && sharedBytes(filter) <= MOST_SHARED_BYTES;
  }

  private static int sharedBytes(CudaFilter filter) {
    return (9 * filter.inChannels() + 1) * filter.outChannels() * Float.BYTES;
  }

  private void direct(
      Map out, Map in, CudaFilter filter, CUdeviceptr bias, boolean rectify, boolean backward) {
    Shape from = in.shape();
    Shape to = out.shape();
    long filterOut = 9L * filter.inChannels();
    long filterIn = filter.isChannelsLast() ? 1 : 9;
    long tap = filter.isChannelsLast() ? filter.inChannels() : 1;
    long n = to.size();
    kernels.launch(
        "conv_direct_" + letter(out.type()) + letter(in.type()) + letter(filter.type()),
        Grid.covering(n),
        new Arguments()
            .pointer(out.pointer())
            .pointer(in.pointer())
            .pointer(filter.weights())
            .pointer(bias)
            .indices(
                from.c(),
                to.c(),
                to.h(),
                to.w(),
                layout.channelStride(from),
                layout.positionStride(from),
                layout.channelStride(to),
                layout.positionStride(to),
                backward ? filterIn : filterOut,
                backward ? filterOut : filterIn,
                tap,
                backward ? 1 : 0,
                rectify ? 1 : 0)
            .index(n));
  }

  private char letter(DType type) {
    return type == featureType ? 't' : 'f';
  }
}
