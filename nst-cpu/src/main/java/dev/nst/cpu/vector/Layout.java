package dev.nst.cpu.vector;

import dev.nst.tensor.Shape;

/**
 * How tensors lie in float arrays.
 *
 * <p>A tensor of more than {@value #MAX_PLANAR_CHANNELS} channels is <em>blocked</em>: {@code [N,
 * C/16, H, W, 16]}, so that a vector holds neighbouring channels of one pixel, whatever the
 * picture's width. The last block may have lanes without a channel; their contents are undefined,
 * and no kernel lets them reach a lane that has one. Other tensors (images, matrices, scalars) are
 * <em>planar</em>, row-major NCHW.
 *
 * <p>The numbers start at element {@value #OFFSET}: an array's elements start 16 bytes into an
 * object, so this aligns large arrays, which begin on a page, to a cache line and to every vector
 * width. They end at a multiple of 16 numbers, so that element-wise loops over whole vectors need
 * no remainder.
 */
final class Layout {

  /** Index of a tensor's first number. */
  static final int OFFSET = 12;

  /** Channels of a block. */
  static final int BLOCK = 16;

  /** The most channels of a planar tensor: RGB, with or without alpha. */
  static final int MAX_PLANAR_CHANNELS = 4;

  private Layout() {}

  static boolean isBlocked(int channels) {
    return channels > MAX_PLANAR_CHANNELS;
  }

  static boolean isBlocked(Shape shape) {
    return isBlocked(shape.c());
  }

  /** Returns the number of blocks of a blocked tensor's channels. */
  static int blocks(int channels) {
    return chunks(channels, BLOCK);
  }

  /** Returns how many of a block's lanes hold a channel. */
  static int lanes(int channels, int block) {
    return Math.min(BLOCK, channels - block * BLOCK);
  }

  /** Returns whether a tensor has lanes without a channel. */
  static boolean hasIdleLanes(Shape shape) {
    return isBlocked(shape) && shape.c() % BLOCK != 0;
  }

  /** Returns the numbers between neighbouring pixels of a row. */
  static int pixelStride(Shape shape) {
    return isBlocked(shape) ? BLOCK : 1;
  }

  /** Returns the number of planes: channels of a planar tensor, blocks of a blocked one. */
  static int planes(Shape shape) {
    return isBlocked(shape) ? blocks(shape.c()) : shape.c();
  }

  /** Returns the numbers of one plane. */
  static int planeSize(Shape shape) {
    return shape.area() * pixelStride(shape);
  }

  /** Returns the numbers of one picture. */
  static int pictureSize(Shape shape) {
    return planes(shape) * planeSize(shape);
  }

  /** Returns the numbers to process so as to touch the whole tensor: a multiple of 16. */
  static int span(Shape shape) {
    return Math.toIntExact(arrayLength(shape) - OFFSET);
  }

  /**
   * Returns the length of the array that holds a tensor, which may be more than an array can have.
   */
  static long arrayLength(Shape shape) {
    long numbers = (long) shape.n() * planes(shape) * shape.h() * shape.w() * pixelStride(shape);
    return OFFSET + (numbers + BLOCK - 1) / BLOCK * BLOCK;
  }

  /**
   * Returns into how many chunks of {@code size} so many things are cut; the last may be shorter.
   * Unlike {@code (count + size - 1) / size} that is right up to the largest int.
   *
   * @param count at least 1
   */
  static int chunks(int count, int size) {
    return (count - 1) / size + 1;
  }

  /** Returns the end of the chunk of {@code size} that starts at {@code first} of {@code count}. */
  static int chunkEnd(int first, int size, int count) {
    return first + Math.min(size, count - first);
  }

  /** Copies the plane {@code plane}, counted over all pictures, from row-major NCHW. */
  static void planeFromNchw(float[] data, float[] nchw, Shape shape, int plane) {
    int area = shape.area();
    int to = OFFSET + plane * planeSize(shape);
    int from = firstChannel(shape, plane) * area;
    if (!isBlocked(shape)) {
      System.arraycopy(nchw, from, data, to, area);
      return;
    }
    int lanes = lanes(shape.c(), plane % planes(shape));
    for (int lane = 0; lane < lanes; lane++) {
      for (int p = 0; p < area; p++) {
        data[to + p * BLOCK + lane] = nchw[from + lane * area + p];
      }
    }
  }

  /** Copies the plane {@code plane}, counted over all pictures, to row-major NCHW. */
  static void planeToNchw(float[] nchw, float[] data, Shape shape, int plane) {
    int area = shape.area();
    int from = OFFSET + plane * planeSize(shape);
    int to = firstChannel(shape, plane) * area;
    if (!isBlocked(shape)) {
      System.arraycopy(data, from, nchw, to, area);
      return;
    }
    int lanes = lanes(shape.c(), plane % planes(shape));
    for (int lane = 0; lane < lanes; lane++) {
      for (int p = 0; p < area; p++) {
        nchw[to + lane * area + p] = data[from + p * BLOCK + lane];
      }
    }
  }

  /** Returns the index {@code n * C + c} of a plane's first channel. */
  private static int firstChannel(Shape shape, int plane) {
    if (!isBlocked(shape)) {
      return plane;
    }
    int blocks = blocks(shape.c());
    return plane / blocks * shape.c() + plane % blocks * BLOCK;
  }
}
