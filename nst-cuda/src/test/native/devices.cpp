// Initialisation, and what the devices are like.
#include <cstdio>
#include <cstring>
#include <map>

#include "emulator.h"

using namespace cuemu;

using Hold = std::lock_guard<std::recursive_mutex>;

CUEMU_EXPORT int cuInit(unsigned flags) {
  Hold hold(lock());
  if (flags != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (int code = injected("cuInit")) {
    return code;
  }
  if (deviceCount() == 0) {
    return CUDA_ERROR_NO_DEVICE;
  }
  initialised() = true;
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDriverGetVersion(int* version) {
  *version = config().driverVersion;
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDeviceGetCount(int* count) {
  Hold hold(lock());
  if (!initialised()) {
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  *count = deviceCount();
  return CUDA_SUCCESS;
}

CUEMU_EXPORT int cuDeviceGet(CUdevice* device, int ordinal) {
  Hold hold(lock());
  *device = ordinal;
  return checkDevice(ordinal);
}

CUEMU_EXPORT int cuDeviceGetName(char* name, int length, CUdevice device) {
  Hold hold(lock());
  int bad = checkDevice(device);
  if (bad == CUDA_SUCCESS && length > 0) {
    snprintf(name, size_t(length), "Emulated CUDA device %d", device);
  }
  return bad;
}

CUEMU_EXPORT int cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  Hold hold(lock());
  *bytes = config().totalMemory;
  return checkDevice(device);
}

CUEMU_EXPORT int cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  Hold hold(lock());
  *major = config().computeCapability / 10;
  *minor = config().computeCapability % 10;
  return checkDevice(device);
}

CUEMU_EXPORT int cuDeviceGetUuid(char* uuid, CUdevice device) {
  Hold hold(lock());
  memset(uuid, 7 + device, 16);
  return checkDevice(device);
}

CUEMU_EXPORT int cuDeviceGetPCIBusId(char* id, int length, CUdevice device) {
  Hold hold(lock());
  int bad = checkDevice(device);
  if (bad == CUDA_SUCCESS) {
    snprintf(id, size_t(length), "0000:%02x:00.0", device + 1);
  }
  return bad;
}

CUEMU_EXPORT int cuDeviceGetAttribute(int* value, int attribute, CUdevice device) {
  Hold hold(lock());
  if (int bad = checkDevice(device)) {
    return bad;
  }
  static const std::map<int, int> values = {
      {1, 1024},        // threads in a block
      {2, 1024},        // block x
      {3, 1024},        // block y
      {4, 64},          // block z
      {5, 0x7fffffff},  // grid x
      {6, 65535},       // grid y
      {7, 65535},       // grid z
      {8, 48 << 10},    // shared memory of a block
      {9, 64 << 10},    // constant memory
      {10, 32},         // warp size
      {12, 65536},      // registers of a block
      {13, 1000000},    // clock, kHz
      {14, 512},        // texture alignment
      {16, 1},          // multiprocessors
      {31, 1},          // concurrent kernels
      {36, 1000000},    // memory clock, kHz
      {37, 64},         // memory bus, bits
      {38, 1 << 20},    // second-level cache, bytes
      {39, 1536},       // threads of a multiprocessor
      {41, 1},          // unified addressing
      {81, 100 << 10},  // shared memory of a multiprocessor
      {82, 65536},      // registers of a multiprocessor
      {97, 99 << 10},   // shared memory of a block, opted in
      {106, 16},        // blocks of a multiprocessor
  };
  if (attribute == 75 || attribute == 76) {
    int cc = config().computeCapability;
    *value = attribute == 75 ? cc / 10 : cc % 10;
    return CUDA_SUCCESS;
  }
  if (attribute == 33 || attribute == 34 || attribute == 50) {  // PCI bus, device, domain
    *value = attribute == 33 ? device + 1 : 0;
    return CUDA_SUCCESS;
  }
  auto found = values.find(attribute);
  *value = found == values.end() ? 0 : found->second;
  return CUDA_SUCCESS;
}
