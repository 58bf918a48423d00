package dev.nst.cuda;

import dev.nst.backend.ConvFilter;
import dev.nst.tensor.DType;
import dev.nst.tensor.HalfPrecision;
import jcuda.driver.CUdeviceptr;

/**
 * Weights and bias of a 3x3 convolution on the device. A filter for pictures (up to four channels
 * in) stays float32 and in the given order [K, C, 3, 3]; one for feature maps has the features'
 * type, and the order [K, 3, 3, C] where maps have their channels last.
 */
final class CudaFilter implements ConvFilter {

  private final DeviceMemory memory;
  private final int outChannels;
  private final int inChannels;
  private final DType type;
  private final boolean channelsLast;
  private final DeviceMemory.Block weights;
  private final DeviceMemory.Block bias;
  private boolean closed;

  CudaFilter(
      DeviceMemory memory,
      Layout layout,
      DType featureType,
      float[] weights,
      float[] bias,
      int outChannels,
      int inChannels) {
    this.memory = memory;
    this.outChannels = outChannels;
    this.inChannels = inChannels;
    channelsLast = layout.channelsLast() && inChannels > Layout.PICTURE_CHANNELS;
    type = typeFor(inChannels, featureType);
    this.weights = memory.allocate(weightBytes(outChannels, inChannels, type));
    DeviceMemory.Block biasBlock = null;
    boolean complete = false;
    try {
      biasBlock = memory.allocate(biasBytes(outChannels, type));
      write(this.weights.pointer(), channelsLast ? channelsLast(weights) : weights);
      write(biasBlock.pointer(), bias);
      complete = true;
    } finally {
      if (!complete) {
        this.weights.free();
        if (biasBlock != null) {
          biasBlock.free();
        }
      }
    }
    this.bias = biasBlock;
  }

  private static DType typeFor(int inChannels, DType featureType) {
    return inChannels > Layout.PICTURE_CHANNELS ? featureType : DType.F32;
  }

  /** Returns the bytes of a filter of such channels. */
  static long bytes(int outChannels, int inChannels, DType featureType) {
    DType type = typeFor(inChannels, featureType);
    return weightBytes(outChannels, inChannels, type) + biasBytes(outChannels, type);
  }

  private static long weightBytes(int outChannels, int inChannels, DType type) {
    return DeviceMemory.aligned(9L * outChannels * inChannels * type.bytes());
  }

  private static long biasBytes(int outChannels, DType type) {
    return DeviceMemory.aligned((long) outChannels * type.bytes());
  }

  private float[] channelsLast(float[] given) {
    float[] ordered = new float[given.length];
    for (int k = 0; k < outChannels; k++) {
      for (int c = 0; c < inChannels; c++) {
        for (int tap = 0; tap < 9; tap++) {
          ordered[(k * 9 + tap) * inChannels + c] = given[(k * inChannels + c) * 9 + tap];
        }
      }
    }
    return ordered;
  }

  private void write(CUdeviceptr destination, float[] values) {
    if (type == DType.F32) {
      memory.upload(destination, values);
      return;
    }
    short[] half = new short[values.length];
    for (int i = 0; i < half.length; i++) {
      half[i] =
          type == DType.F16
              ? HalfPrecision.floatToFloat16(values[i])
              : HalfPrecision.floatToBfloat16(values[i]);
    }
    memory.upload(destination, half);
  }

  @Override
  public int outChannels() {
    return outChannels;
  }

  @Override
  public int inChannels() {
    return inChannels;
  }

  @Override
  public long bytes() {
    return weights.bytes() + bias.bytes();
  }

  /** Returns the element type of weights and bias. */
  DType type() {
    return type;
  }

  /** Returns whether the order is [K, 3, 3, C]. */
  boolean isChannelsLast() {
    return channelsLast;
  }

  CUdeviceptr weights() {
    requireOpen();
    return weights.pointer();
  }

  CUdeviceptr bias() {
    requireOpen();
    return bias.pointer();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("a filter was used after its close");
    }
  }

  /** Returns this filter if the backend that owns {@code asking} made it. */
  static CudaFilter of(ConvFilter filter, DeviceMemory asking) {
    if (filter instanceof CudaFilter mine && mine.memory == asking) {
      mine.requireOpen();
      return mine;
    }
    throw new IllegalArgumentException("the filter was prepared by another backend");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      weights.free();
      bias.free();
    }
  }
}
