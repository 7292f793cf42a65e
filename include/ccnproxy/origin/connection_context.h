#pragma once

#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/origin/worker_buffers.h"

namespace ccnproxy::origin {

/// What the connections of a worker share, and the bounds that hold for each of them. They refer to
/// it: it outlives them and does not change, but another may be made for those to come.
struct ConnectionContext {
  EventLoop& loop;
  WorkerBuffers& buffers;
  http::HeadLimits limits;    ///< on response heads
  Duration settings_timeout;  ///< for an HTTP/2 peer's first SETTINGS (F038)
};

}  // namespace ccnproxy::origin
