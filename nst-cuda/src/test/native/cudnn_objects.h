// Handles and descriptors of the emulated cuDNN 9, and how its calls say no.
#ifndef NST_CUDNN_OBJECTS_H
#define NST_CUDNN_OBJECTS_H

#include "lib_numbers.h"
#include "lib_work.h"

#include <string>

#define CUDNN_EXPORT extern "C" __attribute__((visibility("default")))

namespace cudnn {

enum Status {
  SUCCESS = 0,
  NOT_INITIALIZED = 1001,
  BAD_PARAM = 2000,
  NOT_SUPPORTED = 3000,
  INTERNAL_ERROR = 4000,
  HOST_ALLOCATION_FAILED = 4003,
  EXECUTION_FAILED = 5000
};

enum DataType { FLOAT = 0, HALF = 2, BFLOAT16 = 9 };
enum TensorFormat { NCHW = 0, NHWC = 1 };
enum NanPropagation { NOT_PROPAGATE_NAN = 0, PROPAGATE_NAN = 1 };
enum MathType { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, ALLOW_CONVERSION = 2, FMA_MATH = 3 };
enum ConvolutionMode { CONVOLUTION = 0, CROSS_CORRELATION = 1 };
enum ActivationMode { RELU = 1, IDENTITY = 5 };
enum PoolingMode {
  POOLING_MAX = 0,
  AVERAGE_INCLUDE_PADDING = 1,
  AVERAGE_EXCLUDE_PADDING = 2,
  MAX_DETERMINISTIC = 3
};

enum class Kind { HANDLE, TENSOR, FILTER, CONVOLUTION, ACTIVATION, POOLING };

struct Object {
  explicit Object(Kind kind) : kind(kind) {}
  const Kind kind;
  // Whether the descriptor was given its values; a fresh one holds nothing that a call may use.
  bool set = false;
};

struct Handle : Object {
  Handle() : Object(Kind::HANDLE) {}
  CUcontext context = nullptr;
  CUstream stream = nullptr;
};

// Dimensions are N, C, H, W and strides count elements, whatever the layout.
struct Tensor : Object {
  Tensor() : Object(Kind::TENSOR) {}
  lib::Format type = lib::Format::F32;
  int dims[4] = {};
  int strides[4] = {};

  size_t elements() const { return size_t(dims[0]) * dims[1] * dims[2] * dims[3]; }
  // From the first element to the last, which is more than elements() where there are gaps.
  size_t extent() const {
    size_t last = 1;
    for (int d = 0; d < 4; d++) {
      last += size_t(dims[d] - 1) * strides[d];
    }
    return last;
  }
  size_t bytes() const { return extent() * lib::bytesOf(type); }
  // Packed in that order; tensors with dimensions of 1 can be both.
  bool isNchw() const { return isPacked(1, 2, 3); }
  bool isNhwc() const { return isPacked(2, 3, 1); }
  bool hasDims(const Tensor& other) const {
    return dims[0] == other.dims[0] && dims[1] == other.dims[1] && dims[2] == other.dims[2] &&
           dims[3] == other.dims[3];
  }
  bool isLike(const Tensor& other) const;
  size_t offset(int n, int c, int h, int w) const {
    return size_t(n) * strides[0] + size_t(c) * strides[1] + size_t(h) * strides[2] +
           size_t(w) * strides[3];
  }

 private:
  bool isPacked(int outer, int middle, int inner) const;
};

// Dimensions are K, C, R, S: output channels, input channels of one group, rows, columns.
struct Filter : Object {
  Filter() : Object(Kind::FILTER) {}
  lib::Format type = lib::Format::F32;
  TensorFormat format = NCHW;
  int dims[4] = {};

  size_t elements() const { return size_t(dims[0]) * dims[1] * dims[2] * dims[3]; }
  size_t bytes() const { return elements() * lib::bytesOf(type); }
};

struct Convolution : Object {
  Convolution() : Object(Kind::CONVOLUTION) {}
  int pad[2] = {};
  int stride[2] = {};
  int dilation[2] = {};
  ConvolutionMode mode = CROSS_CORRELATION;
  int computeType = FLOAT;
  MathType math = DEFAULT_MATH;
  int groups = 1;
};

struct Activation : Object {
  Activation() : Object(Kind::ACTIVATION) {}
  int mode = RELU;
  NanPropagation nan = NOT_PROPAGATE_NAN;
  double coefficient = 0;
};

struct Pooling : Object {
  Pooling() : Object(Kind::POOLING) {}
  PoolingMode mode = POOLING_MAX;
  NanPropagation nan = NOT_PROPAGATE_NAN;
  int window[2] = {};
  int pad[2] = {};
  int stride[2] = {};
};

const char* nameOf(Kind kind);
const char* nameOf(int status);

// Prints one line, the call, what is wrong with it and the status the real library answers, keeps
// it for cudnnGetLastErrorString, and returns that status.
int refuse(const char* call, Status status, const char* format, ...)
    __attribute__((format(printf, 3, 4)));

// What this thread's last refusal said.
const std::string& lastError();

// The live objects of this process.
void enlist(const Object* object);
void strikeOff(const Object* object);
int liveObjects();
int liveHandles();
// Prints what is still alive if no handle is left to use it with.
void reportLeaks();

// Whether the object is alive, of that kind and (for descriptors) set: 0 or the status to return.
int checkObject(const char* call, const char* name, const Object* object, Kind kind);
// The same without asking for values, for the calls that set them or destroy the object.
int checkAlive(const char* call, const char* name, const Object* object, Kind kind);

// Whether a call may go on with this handle: 0, or the status to return (an injected fault, or a
// handle that is null, destroyed, or used without the context it was made in).
int enter(const char* call, const Handle* handle);

// Gives the CUresult of submitted work as a status.
int statusOf(const char* call, int result);

bool formatOf(int dataType, lib::Format* format);
int dataTypeOf(lib::Format format);

// What every tensor in a call has to have: a pointer that is there, aligned to alignment bytes.
int checkPointer(const char* call, const char* name, const void* pointer, size_t alignment);

// Runs check over exactly the bytes the tensor's elements occupy.
int checkTensor(int (*check)(const void*, size_t, const char*), const Tensor& tensor,
                const void* data, const char* what);

// alpha and beta are float on the host for every type handled here.
int checkScalars(const char* call, const void* alpha, const void* beta);

}  // namespace cudnn

// Goes back with the status of a check that refused.
#define CUDNN_TRY(check)             \
  do {                               \
    if (const int refused = (check)) \
      return refused;                \
  } while (false)

#endif
