// Streams, events, captures and graphs: when submitted work really runs.
//
// Work waits in its stream until something needs its result. So a forgotten synchronisation reads
// old data here every time, not once in a thousand runs.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "emulator.h"

namespace cuemu {

// Returns a CUresult; anything but success is fatal for the context, as on the device.
using Work = std::function<int()>;

struct Stream;

// A point in a stream's work: reached when the first `count` pieces of it are done.
struct Ticket {
  std::shared_ptr<Stream> stream;
  uint64_t count = 0;
};

struct Graph {
  Context* context = nullptr;
  std::vector<std::shared_ptr<Work>> nodes;  // in the order of their capture
};

struct Capture {
  std::shared_ptr<Stream> origin;
  int mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  std::thread::id thread;
  bool invalidated = false;
  std::vector<std::shared_ptr<Work>> nodes;
};

struct QueuedWork {
  std::shared_ptr<Work> work;
  std::vector<Ticket> after;
};

struct Stream {
  Context* context = nullptr;
  unsigned flags = 0;
  bool legacy = false;
  std::deque<QueuedWork> queue;
  uint64_t submitted = 0;
  uint64_t done = 0;
  std::shared_ptr<Capture> capture;
  bool unjoined = false;  // has captured work that the capture's origin does not wait for yet
};

// The live stream behind a handle, the legacy stream for null and CU_STREAM_LEGACY, else null.
std::shared_ptr<Stream> streamOf(CUstream handle);

// Runs the work of a stream up to a point; the context's fatal error, if there is one by then.
int finish(const Ticket& ticket);
int finishAll(Context* context);
// What a synchronous call on the legacy stream waits for.
int finishLegacy(Context* context);

// Queues work, or records it when the stream captures.
int submit(const std::shared_ptr<Stream>& stream, Work work);
// Queues work that also waits for other streams, whether or not the stream captures.
int enqueue(const std::shared_ptr<Stream>& stream, std::shared_ptr<Work> work,
            std::vector<Ticket> after = {});

inline Ticket endOf(const std::shared_ptr<Stream>& stream) { return {stream, stream->submitted}; }

// All streams of a context that may still have work.
std::vector<std::shared_ptr<Stream>> streamsOf(Context* context);

// What to answer to a question whether queued work is done: the first time no, as on a device that
// has just begun; then the work runs, so that polling ends.
int answerQuery(const Ticket& ticket);

// Ends a capture whose stream is gone.
void dropCapture(const std::shared_ptr<Capture>& capture);

int destroyEvents(Context* owner);
int destroyGraphs(Context* owner);

int liveStreams();
int liveEvents();
int liveGraphs();
int liveModules();

// Runs body(stream) for a live stream.
template <class Body>
int withStream(const char* name, CUstream handle, Body body) {
  return call(name, kSafeInCapture, [&](Context&) -> int {
    auto stream = streamOf(handle);
    return stream == nullptr ? int(CUDA_ERROR_INVALID_HANDLE) : int(body(stream));
  });
}

}  // namespace cuemu
