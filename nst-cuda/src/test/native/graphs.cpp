// Captures of streams, and the graphs they become.
#include <algorithm>

#include "streams.h"

namespace cuemu {

namespace {

std::vector<std::shared_ptr<Capture>> captures;

struct GraphExec {
  Context* context = nullptr;
  std::vector<std::shared_ptr<Work>> nodes;
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

void dropCapture(const std::shared_ptr<Capture>& capture) {
  capture->invalidated = true;
  captures.erase(std::remove(captures.begin(), captures.end(), capture), captures.end());
}

int liveGraphs() { return int(graphs.size() + graphExecs.size()); }

int destroyGraphs(Context* owner) {
  captures.clear();
  return graphs.removeAll(owner) + graphExecs.removeAll(owner);
}

}  // namespace cuemu

using namespace cuemu;

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
