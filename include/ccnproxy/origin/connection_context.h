#pragma once

#include "ccnproxy/base/event_loop.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/origin/window_policy.h"
#include "ccnproxy/origin/worker_buffers.h"

namespace ccnproxy::origin {

/// What the connections of a worker share, and the bounds that hold for each of them.
struct ConnectionContext {
  EventLoop& loop;
  WorkerBuffers& buffers;
  WindowBudget& windows;
  http::HeadLimits limits;    ///< on response heads
  Duration settings_timeout;  ///< for an HTTP/2 peer's first SETTINGS (F038)
  bool ping = true;           ///< where a connection is at risk (`pool.ping`)
};

}  // namespace ccnproxy::origin
