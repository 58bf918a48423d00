// How tests steer and ask the emulated device: through numbers of cuCtxSetLimit and cuCtxGetLimit
// that no real driver has, so that no JNI library of our own is needed. EmulatedDevice.java holds
// the same numbers. They work without a context and before cuInit.
#pragma once

namespace cuemu {

enum Control : int {
  // Properties, set and read. Also from the environment when the library is loaded: CUEMU_MEMORY
  // (bytes), CUEMU_COMPUTE_CAPABILITY (86), CUEMU_DEVICES, CUEMU_DRIVER_VERSION (12060).
  kTotalMemory = 0x6e737401,
  kForeignMemory,
  kComputeCapability,
  kDevices,
  kDriverVersion,
  kQuiet,  // 1: messages are kept for kLastMessage, not printed

  // A fault to come: the name of the call (a prefix of it), eight characters at a time; how many of
  // these calls still succeed; and the code, which arms it.
  kInjectName = 0x6e737410,
  kInjectAfter,
  kInjectCode,

  // What to do.
  kReset = 0x6e737420,
  kClearError,

  // Counters, read only.
  kLiveAllocations = 0x6e737430,
  kLiveBytes,
  kLivePinned,
  kLiveStreams,
  kLiveEvents,
  kLiveModules,
  kLiveGraphs,
  kAllocations,
  kKernelLaunches,
  kGraphLaunches,
  kHostWaits,
  kLeakedAllocations,
  kLeakedHandles,
  kPendingInjections,
  kContextReferences,

  // Asked of cuGetErrorString: the last line that was printed.
  kLastMessage = 0x6e737450,
};

}  // namespace cuemu
