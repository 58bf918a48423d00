// Events: marks in streams that others wait for.
#include <chrono>

#include "streams.h"

namespace cuemu {

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

int liveEvents() { return int(events.size()); }
int destroyEvents(Context* owner) { return events.removeAll(owner); }

}  // namespace cuemu

using namespace cuemu;

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
