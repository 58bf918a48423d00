#include "streams.h"

#include <algorithm>
#include <set>

#include "abi.h"

namespace cuemu {

namespace {

constexpr size_t kLongQueue = 4096;

Registry<Stream> streams;
std::set<std::shared_ptr<Stream>> destroyedButBusy;
std::map<Context*, std::shared_ptr<Stream>> legacyStreams;
std::vector<std::shared_ptr<Capture>> captures;

bool isBlocking(const Stream& stream) { return (stream.flags & CU_STREAM_NON_BLOCKING) == 0; }

Ticket endOf(const std::shared_ptr<Stream>& stream) { return {stream, stream->submitted}; }

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

int enqueue(const std::shared_ptr<Stream>& stream, std::shared_ptr<Work> work,
            std::vector<Ticket> after = {}) {
  for (Ticket& ticket : implicitDependencies(*stream)) {
    after.push_back(std::move(ticket));
  }
  stream->queue.push_back({std::move(work), std::move(after)});
  stream->submitted++;
  return stream->queue.size() > kLongQueue ? finish(endOf(stream)) : CUDA_SUCCESS;
}

int captureError(const Stream& stream) {
  return stream.capture != nullptr && stream.capture->invalidated
             ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED
             : CUDA_SUCCESS;
}

// What to answer to a question whether queued work is done: the first time no, as on a device that
// has just begun; then the work runs, so that polling ends.
int answerQuery(const Ticket& ticket) {
  if (ticket.stream == nullptr || ticket.stream->done >= ticket.count) {
    return CUDA_SUCCESS;
  }
  int result = finish(ticket);
  return result == CUDA_SUCCESS ? int(CUDA_ERROR_NOT_READY) : result;
}

}  // namespace

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
  }
  destroyedButBusy.clear();
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

int refuseInCapture(const char* callName) {
  for (const auto& capture : captures) {
    bool mine = capture->thread == std::this_thread::get_id();
    if (capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL ||
        (capture->mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL && mine)) {
      capture->invalidated = true;
      say("%s is not permitted while a stream is being captured", callName);
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
  }
  return CUDA_SUCCESS;
}

// ---- Events.

namespace {

struct Event {
  Context* context = nullptr;
  unsigned flags = 0;
  Ticket recorded;                   // stream is null until it is recorded
  std::shared_ptr<Capture> capture;  // of the record, when that was captured
  std::shared_ptr<Stream> capturedIn;
  std::shared_ptr<double> milliseconds = std::make_shared<double>(0);
};

Registry<Event> events;

double now() {
  auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(time).count();
}

int record(Event& event, const std::shared_ptr<Stream>& stream) {
  auto time = event.milliseconds;
  int result = submit(stream, [time] {
    *time = now();
    return int(CUDA_SUCCESS);
  });
  event.capture = stream->capture;
  event.capturedIn = stream->capture != nullptr ? stream : nullptr;
  event.recorded = stream->capture != nullptr ? Ticket() : endOf(stream);
  return result;
}

int waitInCapture(const std::shared_ptr<Stream>& stream, Event& event) {
  if (stream->capture != nullptr && event.capture != stream->capture) {
    stream->capture->invalidated = true;
    say("cuStreamWaitEvent: a capturing stream cannot wait for an event from outside its capture");
    return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
  }
  if (stream->capture == nullptr) {
    stream->capture = event.capture;  // the stream joins the capture
    stream->unjoined = true;
  } else if (stream == event.capture->origin) {
    event.capturedIn->unjoined = false;
  }
  return CUDA_SUCCESS;
}

}  // namespace

// ---- Graphs.

namespace {

struct GraphExec {
  Context* context = nullptr;
  std::vector<std::shared_ptr<Work>> nodes;
};

struct GraphNode {
  Context* context = nullptr;
};

Registry<Graph> graphs;
Registry<GraphExec> graphExecs;

int endCapture(const std::shared_ptr<Stream>& stream, CUgraph* graph) {
  auto capture = stream->capture;
  if (capture == nullptr) {
    return CUDA_ERROR_ILLEGAL_STATE;
  }
  if (capture->origin != stream) {
    return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
  }
  if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED &&
      capture->thread != std::this_thread::get_id()) {
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  }
  bool unjoined = false;
  for (const auto& member : streamsOf(stream->context)) {
    if (member->capture == capture) {
      unjoined = unjoined || member->unjoined;
      member->capture = nullptr;
      member->unjoined = false;
    }
  }
  captures.erase(std::find(captures.begin(), captures.end(), capture));
  *graph = nullptr;
  if (capture->invalidated) {
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  }
  if (unjoined) {
    return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
  }
  auto made = std::make_shared<Graph>();
  made->context = stream->context;
  made->nodes = std::move(capture->nodes);
  *graph = static_cast<CUgraph>(graphs.add(made));
  return CUDA_SUCCESS;
}

int runNodes(const std::vector<std::shared_ptr<Work>>& nodes) {
  for (const auto& node : nodes) {
    if (int result = (*node)()) {
      return result;
    }
  }
  return CUDA_SUCCESS;
}

}  // namespace

int liveStreams() { return int(streams.size()); }
int liveEvents() { return int(events.size()); }
int liveGraphs() { return int(graphs.size() + graphExecs.size()); }

int destroyStreams(Context* owner) {
  captures.clear();
  int count = streams.removeAll(owner) + events.removeAll(owner) + graphs.removeAll(owner) +
              graphExecs.removeAll(owner);
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
      stream->capture->invalidated = true;
      captures.erase(std::remove(captures.begin(), captures.end(), stream->capture),
                     captures.end());
    }
    if (!stream->queue.empty()) {
      destroyedButBusy.insert(stream);
    }
    streams.remove(handle);
    return CUDA_SUCCESS;
  });
}

// Runs body(stream) for a live stream.
template <class Body>
static int withStream(const char* name, CUstream handle, Body body) {
  return call(name, kSafeInCapture, [&](Context&) -> int {
    auto stream = streamOf(handle);
    return stream == nullptr ? int(CUDA_ERROR_INVALID_HANDLE) : int(body(stream));
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

CUEMU_EXPORT int cuStreamBeginCapture_v2(CUstream handle, int mode) {
  return withStream("cuStreamBeginCapture", handle, [&](auto& stream) -> int {
    if (stream->legacy) {
      say("cuStreamBeginCapture: the legacy stream cannot be captured");
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    if (stream->capture != nullptr) {
      return CUDA_ERROR_ILLEGAL_STATE;
    }
    if (mode < CU_STREAM_CAPTURE_MODE_GLOBAL || mode > CU_STREAM_CAPTURE_MODE_RELAXED) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    auto capture = std::make_shared<Capture>();
    capture->origin = stream;
    capture->mode = mode;
    capture->thread = std::this_thread::get_id();
    stream->capture = capture;
    captures.push_back(capture);
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuStreamEndCapture(CUstream handle, CUgraph* graph) {
  return withStream("cuStreamEndCapture", handle,
                    [&](auto& stream) { return endCapture(stream, graph); });
}

CUEMU_EXPORT int cuStreamIsCapturing(CUstream handle, int* status) {
  return withStream("cuStreamIsCapturing", handle, [&](auto& stream) -> int {
    *status = stream->capture == nullptr      ? CU_STREAM_CAPTURE_STATUS_NONE
              : stream->capture->invalidated ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                             : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuEventCreate(CUevent* event, unsigned flags) {
  return call("cuEventCreate", kSafeInCapture, [&](Context& context) -> int {
    if (event == nullptr) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    auto made = std::make_shared<Event>();
    made->context = &context;
    made->flags = flags;
    *event = static_cast<CUevent>(events.add(made));
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuEventDestroy_v2(CUevent handle) {
  return call("cuEventDestroy", kSafeInCapture, [&](Context&) -> int {
    return events.remove(handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

CUEMU_EXPORT int cuEventRecord(CUevent handle, CUstream streamHandle) {
  return withStream("cuEventRecord", streamHandle, [&](auto& stream) -> int {
    auto event = events.find(handle);
    return event == nullptr ? int(CUDA_ERROR_INVALID_HANDLE) : record(*event, stream);
  });
}

CUEMU_EXPORT int cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned) {
  return cuEventRecord(event, stream);
}

CUEMU_EXPORT int cuStreamWaitEvent(CUstream streamHandle, CUevent handle, unsigned) {
  return withStream("cuStreamWaitEvent", streamHandle, [&](auto& stream) -> int {
    auto event = events.find(handle);
    if (event == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (stream->capture != nullptr || event->capture != nullptr) {
      return waitInCapture(stream, *event);
    }
    if (event->recorded.stream == nullptr) {
      return CUDA_SUCCESS;  // an event that was never recorded holds nobody up
    }
    auto nothing = std::make_shared<Work>([] { return int(CUDA_SUCCESS); });
    return enqueue(stream, nothing, {event->recorded});
  });
}

CUEMU_EXPORT int cuEventSynchronize(CUevent handle) {
  return call("cuEventSynchronize", kUnsafeInCapture, [&](Context&) -> int {
    auto event = events.find(handle);
    if (event == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    if (event->capture != nullptr) {
      return CUDA_ERROR_CAPTURED_EVENT;
    }
    counters().hostWaits++;
    return event->recorded.stream == nullptr ? int(CUDA_SUCCESS) : finish(event->recorded);
  });
}

CUEMU_EXPORT int cuEventQuery(CUevent handle) {
  return call("cuEventQuery", kSafeInCapture, [&](Context&) -> int {
    auto event = events.find(handle);
    if (event == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    return event->capture != nullptr ? int(CUDA_ERROR_CAPTURED_EVENT)
                                     : answerQuery(event->recorded);
  });
}

CUEMU_EXPORT int cuEventElapsedTime(float* milliseconds, CUevent from, CUevent to) {
  return call("cuEventElapsedTime", kSafeInCapture, [&](Context&) -> int {
    auto begin = events.find(from);
    auto end = events.find(to);
    if (begin == nullptr || end == nullptr || begin->recorded.stream == nullptr ||
        end->recorded.stream == nullptr ||
        ((begin->flags | end->flags) & CU_EVENT_DISABLE_TIMING) != 0) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    for (const Ticket& ticket : {begin->recorded, end->recorded}) {
      if (ticket.stream->done < ticket.count) {
        return CUDA_ERROR_NOT_READY;
      }
    }
    *milliseconds = float(*end->milliseconds - *begin->milliseconds);
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph graph,
                                             unsigned long long) {
  return call("cuGraphInstantiate", kSafeInCapture, [&](Context& context) -> int {
    auto from = graphs.find(graph);
    if (from == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    auto made = std::make_shared<GraphExec>();
    made->context = &context;
    made->nodes = from->nodes;
    *exec = static_cast<CUgraphExec>(graphExecs.add(made));
    return CUDA_SUCCESS;
  });
}

CUEMU_EXPORT int cuGraphUpload(CUgraphExec exec, CUstream) {
  return call("cuGraphUpload", kSafeInCapture, [&](Context&) -> int {
    return graphExecs.find(exec) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

CUEMU_EXPORT int cuGraphLaunch(CUgraphExec handle, CUstream streamHandle) {
  return withStream("cuGraphLaunch", streamHandle, [&](auto& stream) -> int {
    auto exec = graphExecs.find(handle);
    if (exec == nullptr) {
      return CUDA_ERROR_INVALID_HANDLE;
    }
    counters().graphLaunches++;
    return submit(stream, [exec] { return runNodes(exec->nodes); });
  });
}

CUEMU_EXPORT int cuGraphExecDestroy(CUgraphExec exec) {
  return call("cuGraphExecDestroy", kSafeInCapture, [&](Context&) -> int {
    return graphExecs.remove(exec) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

CUEMU_EXPORT int cuGraphDestroy(CUgraph graph) {
  return call("cuGraphDestroy", kSafeInCapture, [&](Context&) -> int {
    return graphs.remove(graph) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

// Only the count is meaningful: the nodes given out are numbers that no other call accepts.
CUEMU_EXPORT int cuGraphGetNodes(CUgraph graph, CUgraphNode* nodes, size_t* count) {
  return call("cuGraphGetNodes", kSafeInCapture, [&](Context&) -> int {
    auto from = graphs.find(graph);
    if (from == nullptr || count == nullptr) {
      return from == nullptr ? CUDA_ERROR_INVALID_HANDLE : CUDA_ERROR_INVALID_VALUE;
    }
    for (size_t i = 0; nodes != nullptr && i < *count; i++) {
      nodes[i] = i < from->nodes.size() ? reinterpret_cast<CUgraphNode>(i + 1) : nullptr;
    }
    *count = from->nodes.size();
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
