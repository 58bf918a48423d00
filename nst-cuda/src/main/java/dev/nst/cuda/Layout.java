package dev.nst.cuda;

import dev.nst.backend.Precision;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import jcuda.cudaDataType;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnTensorFormat;

/**
 * How tensors lie in device memory. Pictures, matrices and vectors (up to four channels) are
 * planar, row-major NCHW. Feature maps have their channels last (NHWC) in the precisions of the
 * tensor cores, which want them so, and are planar in fp32, whose fastest algorithms want that.
 *
 * @param channelsLast whether feature maps have their channels last
 */
record Layout(boolean channelsLast) {

  /** Channels of a picture, with alpha; more are a feature map. */
  static final int PICTURE_CHANNELS = 4;

  static Layout of(Precision precision) {
    return new Layout(precision != Precision.FP32);
  }

  boolean isChannelsLast(Shape shape) {
    return channelsLast && shape.c() > PICTURE_CHANNELS;
  }

  /** Returns the steps from one channel of a position to the next. */
  long channelStride(Shape shape) {
    return isChannelsLast(shape) ? 1 : shape.area();
  }

  /** Returns the steps from one position of a row to the next. */
  long positionStride(Shape shape) {
    return isChannelsLast(shape) ? shape.c() : 1;
  }

  int cudnnFormat(Shape shape) {
    return isChannelsLast(shape)
        ? cudnnTensorFormat.CUDNN_TENSOR_NHWC
        : cudnnTensorFormat.CUDNN_TENSOR_NCHW;
  }

  static int cudnnType(DType type) {
    return switch (type) {
      case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case F16 -> cudnnDataType.CUDNN_DATA_HALF;
      case BF16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
    };
  }

  static int cublasType(DType type) {
    return switch (type) {
      case F32 -> cudaDataType.CUDA_R_32F;
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
    };
  }

  /** Returns the element type's name in the kernels' sources. */
  static String kernelType(DType type) {
    return switch (type) {
      case F32 -> "float";
      case F16 -> "half_t";
      case BF16 -> "bfloat_t";
    };
  }
}
