#include "streams.h"

#include <set>

#include "abi.h"

namespace cuemu {

namespace {

constexpr size_t kLongQueue = 4096;

Registry<Stream> streams;
std::set<std::shared_ptr<Stream>> destroyedButBusy;
std::map<Context*, std::shared_ptr<Stream>> legacyStreams;

bool isBlocking(const Stream& stream) { return (stream.flags & CU_STREAM_NON_BLOCKING) == 0; }

// The legacy stream and the blocking ones wait for each other, the non-blocking ones for nobody.
std::vector<Ticket> implicitDependencies(const Stream& stream) {
  std::vector<Ticket> after;
  if (!isBlocking(stream)) {
    return after;
  }
  for (const auto& other : streamsOf(stream.context)) {
    bool ordered = other.get() != &stream && isBlocking(*other) && (stream.legacy || other->legacy);
    if (ordered && other->done < other->submitted) {
      after.push_back(endOf(other));
    }
  }
  return after;
}

int runNext(Stream& stream) {
  QueuedWork next = std::move(stream.queue.front());
  stream.queue.pop_front();
  for (const Ticket& ticket : next.after) {
    finish(ticket);
  }
  Context* context = stream.context;
  if (context->stickyError == CUDA_SUCCESS) {
    stick(context, (*next.work)());
  }
  stream.done++;  // work after a fatal error is dropped
  return context->stickyError;
}

int captureError(const Stream& stream) {
  return stream.capture != nullptr && stream.capture->invalidated
             ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED
             : CUDA_SUCCESS;
}

}  // namespace

std::vector<std::shared_ptr<Stream>> streamsOf(Context* context) {
  std::vector<std::shared_ptr<Stream>> found;
  for (const auto& entry : streams.all()) {
    if (entry.second->context == context) {
      found.push_back(entry.second);
    }
  }
  for (const auto& stream : destroyedButBusy) {
    if (stream->context == context) {
      found.push_back(stream);
    }
  }
  auto legacy = legacyStreams.find(context);
  if (legacy != legacyStreams.end()) {
    found.push_back(legacy->second);
  }
  return found;
}

int enqueue(const std::shared_ptr<Stream>& stream, std::shared_ptr<Work> work,
            std::vector<Ticket> after) {
  for (Ticket& ticket : implicitDependencies(*stream)) {
    after.push_back(std::move(ticket));
  }
  stream->queue.push_back({std::move(work), std::move(after)});
  stream->submitted++;
  return stream->queue.size() > kLongQueue ? finish(endOf(stream)) : CUDA_SUCCESS;
}

int answerQuery(const Ticket& ticket) {
  if (ticket.stream == nullptr || ticket.stream->done >= ticket.count) {
    return CUDA_SUCCESS;
  }
  int result = finish(ticket);
  return result == CUDA_SUCCESS ? int(CUDA_ERROR_NOT_READY) : result;
}

std::shared_ptr<Stream> streamOf(CUstream handle) {
  if (handle != nullptr && handle != reinterpret_cast<CUstream>(1)) {
    return streams.find(handle);
  }
  Context* context = currentContext();
  if (context == nullptr) {
    return nullptr;
  }
  auto& legacy = legacyStreams[context];
  if (legacy == nullptr) {
    legacy = std::make_shared<Stream>();
    legacy->context = context;
    legacy->legacy = true;
  }
  return legacy;
}

int finish(const Ticket& ticket) {
  while (ticket.stream->done < ticket.count && !ticket.stream->queue.empty()) {
    runNext(*ticket.stream);
  }
  return ticket.stream->context->stickyError;
}

int finishAll(Context* context) {
  for (const auto& stream : streamsOf(context)) {
    finish(endOf(stream));
    destroyedButBusy.erase(stream);
  }
  return context->stickyError;
}

int finishLegacy(Context* context) {
  for (const auto& stream : streamsOf(context)) {
    if (isBlocking(*stream)) {
      finish(endOf(stream));
    }
  }
  return context->stickyError;
}

int submit(const std::shared_ptr<Stream>& stream, Work work) {
  auto shared = std::make_shared<Work>(std::move(work));
  if (stream->capture == nullptr) {
    return enqueue(stream, std::move(shared));
  }
  if (int invalid = captureError(*stream)) {
    return invalid;
  }
  stream->capture->nodes.push_back(std::move(shared));
  stream->unjoined = stream->capture->origin != stream;
  return CUDA_SUCCESS;
}

int liveStreams() { return int(streams.size()); }

int destroyStreams(Context* owner) {
  int count = streams.removeAll(owner) + destroyEvents(owner) + destroyGraphs(owner);
  if (owner == nullptr) {
    legacyStreams.clear();
    destroyedButBusy.clear();
  } else {
    legacyStreams.erase(owner);
  }
  return count;
}

}  // namespace cuemu

using namespace cuemu;

// ---- The driver's functions.

CUEMU_EXPORT int cuStreamCreate(CUstream* stream, unsigned flags) {
  return call("cuStreamCreate", kSafeInCapture, [&](Context& context) -> int {
    if (stream == nullptr || flags > CU_STREAM_NON_BLOCKING) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    auto made = std::make_shared<Stream>();
    made->context = &context;
    made->flags = flags;
    *stream = static_cast<CUstream>(streams.add(made));
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int) {
  return cuStreamCreate(stream, flags);
}

CUEMU_EXPORT int cuStreamDestroy_v2(CUstream handle) {
  return call("cuStreamDestroy", kSafeInCapture, [&](Context&) -> int {
    auto stream = streams.find(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (stream->capture != nullptr) {
      dropCapture(stream->capture);
    }
    if (!stream->queue.empty()) {
      destroyedButBusy.insert(stream);
    }
    streams.remove(handle);
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuStreamSynchronize(CUstream handle) {
  return call("cuStreamSynchronize", kUnsafeInCapture, [&](Context& context) -> int {
    auto stream = streamOf(handle);
    if (stream == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (stream->capture != nullptr) {
      stream->capture->invalidated = true;
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    counters().hostWaits++;
    return stream->legacy ? finishLegacy(&context) : finish(endOf(stream));
  });
}

CUEMU_EXPORT int cuCtxSynchronize() {
  return call("cuCtxSynchronize", kUnsafeInCapture, [&](Context& context) -> int {
    counters().hostWaits++;
    return finishAll(&context);
  });
}

CUEMU_EXPORT int cuStreamQuery(CUstream handle) {
  return withStream("cuStreamQuery", handle, [&](auto& stream) -> int {
    if (stream->capture != nullptr) {
      stream->capture->invalidated = true;
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    return answerQuery(endOf(stream));
  });
}

CUEMU_EXPORT int cuStreamGetFlags(CUstream handle, unsigned* flags) {
  return withStream("cuStreamGetFlags", handle, [&](auto& stream) -> int {
    *flags = stream->flags;
    return CUDA_SUCCESS;
  });
}

// ---- What the emulated cuBLAS and cuDNN submit.

CUEMU_EXPORT int cuemu_submit(CUstream handle, const char* what, int (*run)(void*), void* argument,
                              void (*destroy)(void*)) {
  std::shared_ptr<void> owned(argument, [destroy](void* a) {
    if (destroy != nullptr) {
      destroy(a);
    }
  });
  // The library has counted its own injections under its own names.
  return withStream("cuemu_submit", handle, [&](auto& stream) {
    std::string name = what;
    return submit(stream, [owned, run, name] {
      int result = run(owned.get());
      if (result != CUDA_SUCCESS) {
        say("%s failed with %d while it ran in its stream", name.c_str(), result);
      }
      return result;
    });
  });
}

CUEMU_EXPORT int cuemu_is_capturing(CUstream handle) {
  std::lock_guard<std::recursive_mutex> hold(lock());
  auto stream = streamOf(handle);
  return stream != nullptr && stream->capture != nullptr;
}
