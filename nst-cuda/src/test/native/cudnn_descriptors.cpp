// Creation, setting, reading and destruction of the emulated cuDNN's descriptors.
#include "cudnn_objects.h"

#include <algorithm>

using namespace cudnn;

namespace {

// A tensor of more elements is refused by the real calls, which index with 32 bits.
constexpr long long MOST_ELEMENTS = 2LL << 30;

template <class T>
int create(const char* call, T** place) {
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  if (place == nullptr) {
    return refuse(call, BAD_PARAM, "the place for the descriptor is null");
  }
  *place = new T;
  enlist(*place);
  return SUCCESS;
}

template <class T>
int destroy(const char* call, T* object, Kind kind) {
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  CUDNN_TRY(checkAlive(call, "the descriptor", object, kind));
  strikeOff(object);
  delete object;
  return SUCCESS;
}

int change(const char* call, const Object* object, Kind kind) {
  if (const int injected = cuemu_inject(call)) {
    return injected;
  }
  return checkAlive(call, "the descriptor", object, kind);
}

int setTensor(const char* call, Tensor* tensor, int type, const int (&dims)[4],
              const long long (&strides)[4]) {
  lib::Format format;
  if (!formatOf(type, &format)) {
    return refuse(call, NOT_SUPPORTED, "data type %d is not float (0), half (2) or bfloat16 (9)",
                  type);
  }
  long long extent = 1;
  for (int d = 0; d < 4; d++) {
    if (dims[d] <= 0 || strides[d] <= 0) {
      return refuse(call, BAD_PARAM, "dimensions and strides must be positive: %d, %d, %d, %d",
                    dims[0], dims[1], dims[2], dims[3]);
    }
    extent += (dims[d] - 1) * strides[d];
  }
  if (extent > MOST_ELEMENTS) {
    return refuse(call, NOT_SUPPORTED, "a tensor of %d x %d x %d x %d reaches over 2 Gi elements",
                  dims[0], dims[1], dims[2], dims[3]);
  }
  tensor->type = format;
  for (int d = 0; d < 4; d++) {
    tensor->dims[d] = dims[d];
    tensor->strides[d] = int(strides[d]);
  }
  tensor->set = true;
  return SUCCESS;
}

}  // namespace

CUDNN_EXPORT int cudnnCreateTensorDescriptor(Tensor** tensor) {
  return create("cudnnCreateTensorDescriptor", tensor);
}

CUDNN_EXPORT int cudnnDestroyTensorDescriptor(Tensor* tensor) {
  return destroy("cudnnDestroyTensorDescriptor", tensor, Kind::TENSOR);
}

CUDNN_EXPORT int cudnnSetTensor4dDescriptor(Tensor* tensor, int format, int type, int n, int c,
                                            int h, int w) {
  const char* call = "cudnnSetTensor4dDescriptor";
  CUDNN_TRY(change(call, tensor, Kind::TENSOR));
  const long long row = w, plane = row * h, image = plane * c;
  if (format == NCHW) {
    return setTensor(call, tensor, type, {n, c, h, w}, {image, plane, row, 1});
  }
  if (format == NHWC) {
    return setTensor(call, tensor, type, {n, c, h, w}, {image, 1, row * c, c});
  }
  return refuse(call, BAD_PARAM, "tensor format %d is not NCHW (0) or NHWC (1)", format);
}

CUDNN_EXPORT int cudnnSetTensor4dDescriptorEx(Tensor* tensor, int type, int n, int c, int h, int w,
                                              int strideN, int strideC, int strideH, int strideW) {
  const char* call = "cudnnSetTensor4dDescriptorEx";
  CUDNN_TRY(change(call, tensor, Kind::TENSOR));
  return setTensor(call, tensor, type, {n, c, h, w}, {strideN, strideC, strideH, strideW});
}

CUDNN_EXPORT int cudnnGetTensor4dDescriptor(const Tensor* tensor, int* type, int* n, int* c, int* h,
                                            int* w, int* strideN, int* strideC, int* strideH,
                                            int* strideW) {
  CUDNN_TRY(checkObject("cudnnGetTensor4dDescriptor", "the descriptor", tensor, Kind::TENSOR));
  *type = dataTypeOf(tensor->type);
  int* const dims[] = {n, c, h, w};
  int* const strides[] = {strideN, strideC, strideH, strideW};
  for (int d = 0; d < 4; d++) {
    *dims[d] = tensor->dims[d];
    *strides[d] = tensor->strides[d];
  }
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetTensorSizeInBytes(const Tensor* tensor, size_t* bytes) {
  CUDNN_TRY(checkObject("cudnnGetTensorSizeInBytes", "the descriptor", tensor, Kind::TENSOR));
  *bytes = tensor->bytes();
  return SUCCESS;
}

CUDNN_EXPORT int cudnnCreateFilterDescriptor(Filter** filter) {
  return create("cudnnCreateFilterDescriptor", filter);
}

CUDNN_EXPORT int cudnnDestroyFilterDescriptor(Filter* filter) {
  return destroy("cudnnDestroyFilterDescriptor", filter, Kind::FILTER);
}

CUDNN_EXPORT int cudnnSetFilter4dDescriptor(Filter* filter, int type, int format, int k, int c,
                                            int h, int w) {
  const char* call = "cudnnSetFilter4dDescriptor";
  CUDNN_TRY(change(call, filter, Kind::FILTER));
  lib::Format number;
  if (!formatOf(type, &number)) {
    return refuse(call, NOT_SUPPORTED, "data type %d is not float (0), half (2) or bfloat16 (9)",
                  type);
  }
  if (format != NCHW && format != NHWC) {
    return refuse(call, BAD_PARAM, "filter format %d is not NCHW (0) or NHWC (1)", format);
  }
  if (k <= 0 || c <= 0 || h <= 0 || w <= 0) {
    return refuse(call, BAD_PARAM, "dimensions must be positive: %d, %d, %d, %d", k, c, h, w);
  }
  filter->type = number;
  filter->format = static_cast<TensorFormat>(format);
  const int dims[] = {k, c, h, w};
  std::copy(dims, dims + 4, filter->dims);
  filter->set = true;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetFilter4dDescriptor(const Filter* filter, int* type, int* format, int* k,
                                            int* c, int* h, int* w) {
  CUDNN_TRY(checkObject("cudnnGetFilter4dDescriptor", "the descriptor", filter, Kind::FILTER));
  *type = dataTypeOf(filter->type);
  *format = filter->format;
  int* const dims[] = {k, c, h, w};
  for (int d = 0; d < 4; d++) {
    *dims[d] = filter->dims[d];
  }
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetFilterSizeInBytes(const Filter* filter, size_t* bytes) {
  CUDNN_TRY(checkObject("cudnnGetFilterSizeInBytes", "the descriptor", filter, Kind::FILTER));
  *bytes = filter->bytes();
  return SUCCESS;
}

CUDNN_EXPORT int cudnnCreateConvolutionDescriptor(Convolution** convolution) {
  return create("cudnnCreateConvolutionDescriptor", convolution);
}

CUDNN_EXPORT int cudnnDestroyConvolutionDescriptor(Convolution* convolution) {
  return destroy("cudnnDestroyConvolutionDescriptor", convolution, Kind::CONVOLUTION);
}

// Also puts the math type and the group count back to their defaults.
CUDNN_EXPORT int cudnnSetConvolution2dDescriptor(Convolution* convolution, int padH, int padW,
                                                 int strideH, int strideW, int dilationH,
                                                 int dilationW, int mode, int computeType) {
  const char* call = "cudnnSetConvolution2dDescriptor";
  CUDNN_TRY(change(call, convolution, Kind::CONVOLUTION));
  if (padH < 0 || padW < 0 || strideH <= 0 || strideW <= 0 || dilationH <= 0 || dilationW <= 0) {
    return refuse(call, BAD_PARAM, "padding %d, %d must not be negative, strides %d, %d and "
                  "dilations %d, %d must be positive", padH, padW, strideH, strideW, dilationH,
                  dilationW);
  }
  if (mode != CONVOLUTION && mode != CROSS_CORRELATION) {
    return refuse(call, BAD_PARAM, "there is no convolution mode %d", mode);
  }
  convolution->pad[0] = padH;
  convolution->pad[1] = padW;
  convolution->stride[0] = strideH;
  convolution->stride[1] = strideW;
  convolution->dilation[0] = dilationH;
  convolution->dilation[1] = dilationW;
  convolution->mode = static_cast<ConvolutionMode>(mode);
  convolution->computeType = computeType;
  convolution->math = DEFAULT_MATH;
  convolution->groups = 1;
  convolution->set = true;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetConvolution2dDescriptor(const Convolution* convolution, int* padH,
                                                 int* padW, int* strideH, int* strideW,
                                                 int* dilationH, int* dilationW, int* mode,
                                                 int* computeType) {
  CUDNN_TRY(checkObject("cudnnGetConvolution2dDescriptor", "the descriptor", convolution,
                        Kind::CONVOLUTION));
  *padH = convolution->pad[0];
  *padW = convolution->pad[1];
  *strideH = convolution->stride[0];
  *strideW = convolution->stride[1];
  *dilationH = convolution->dilation[0];
  *dilationW = convolution->dilation[1];
  *mode = convolution->mode;
  *computeType = convolution->computeType;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnSetConvolutionMathType(Convolution* convolution, int math) {
  const char* call = "cudnnSetConvolutionMathType";
  CUDNN_TRY(change(call, convolution, Kind::CONVOLUTION));
  if (math < DEFAULT_MATH || math > FMA_MATH) {
    return refuse(call, BAD_PARAM, "there is no math type %d", math);
  }
  convolution->math = static_cast<MathType>(math);
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetConvolutionMathType(const Convolution* convolution, int* math) {
  CUDNN_TRY(checkAlive("cudnnGetConvolutionMathType", "the descriptor", convolution,
                       Kind::CONVOLUTION));
  *math = convolution->math;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnSetConvolutionGroupCount(Convolution* convolution, int groups) {
  const char* call = "cudnnSetConvolutionGroupCount";
  CUDNN_TRY(change(call, convolution, Kind::CONVOLUTION));
  if (groups <= 0) {
    return refuse(call, BAD_PARAM, "a group count of %d", groups);
  }
  convolution->groups = groups;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnGetConvolutionGroupCount(const Convolution* convolution, int* groups) {
  CUDNN_TRY(checkAlive("cudnnGetConvolutionGroupCount", "the descriptor", convolution,
                       Kind::CONVOLUTION));
  *groups = convolution->groups;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnCreateActivationDescriptor(Activation** activation) {
  return create("cudnnCreateActivationDescriptor", activation);
}

CUDNN_EXPORT int cudnnDestroyActivationDescriptor(Activation* activation) {
  return destroy("cudnnDestroyActivationDescriptor", activation, Kind::ACTIVATION);
}

CUDNN_EXPORT int cudnnSetActivationDescriptor(Activation* activation, int mode, int nan,
                                              double coefficient) {
  const char* call = "cudnnSetActivationDescriptor";
  CUDNN_TRY(change(call, activation, Kind::ACTIVATION));
  if (mode < 0 || mode > 6 || (nan != NOT_PROPAGATE_NAN && nan != PROPAGATE_NAN)) {
    return refuse(call, BAD_PARAM, "there is no activation mode %d with NaN propagation %d", mode,
                  nan);
  }
  activation->mode = mode;
  activation->nan = static_cast<NanPropagation>(nan);
  activation->coefficient = coefficient;
  activation->set = true;
  return SUCCESS;
}

CUDNN_EXPORT int cudnnCreatePoolingDescriptor(Pooling** pooling) {
  return create("cudnnCreatePoolingDescriptor", pooling);
}

CUDNN_EXPORT int cudnnDestroyPoolingDescriptor(Pooling* pooling) {
  return destroy("cudnnDestroyPoolingDescriptor", pooling, Kind::POOLING);
}

CUDNN_EXPORT int cudnnSetPooling2dDescriptor(Pooling* pooling, int mode, int nan, int windowH,
                                             int windowW, int padH, int padW, int strideH,
                                             int strideW) {
  const char* call = "cudnnSetPooling2dDescriptor";
  CUDNN_TRY(change(call, pooling, Kind::POOLING));
  if (mode < POOLING_MAX || mode > MAX_DETERMINISTIC ||
      (nan != NOT_PROPAGATE_NAN && nan != PROPAGATE_NAN)) {
    return refuse(call, BAD_PARAM, "there is no pooling mode %d with NaN propagation %d", mode,
                  nan);
  }
  if (windowH <= 0 || windowW <= 0 || strideH <= 0 || strideW <= 0 || padH < 0 || padW < 0) {
    return refuse(call, BAD_PARAM, "window %d, %d and strides %d, %d must be positive, padding %d, "
                  "%d not negative", windowH, windowW, strideH, strideW, padH, padW);
  }
  if (padH >= windowH || padW >= windowW) {
    return refuse(call, BAD_PARAM, "padding %d, %d must be less than the window %d, %d", padH, padW,
                  windowH, windowW);
  }
  pooling->mode = static_cast<PoolingMode>(mode);
  pooling->nan = static_cast<NanPropagation>(nan);
  pooling->window[0] = windowH;
  pooling->window[1] = windowW;
  pooling->pad[0] = padH;
  pooling->pad[1] = padW;
  pooling->stride[0] = strideH;
  pooling->stride[1] = strideW;
  pooling->set = true;
  return SUCCESS;
}
