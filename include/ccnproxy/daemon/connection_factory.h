#pragma once

#include "ccnproxy/http2/worker_memory.h"
#include "ccnproxy/origin/connection_factory.h"

namespace ccnproxy::daemon {

/// Makes HTTP/2 and HTTP/1.1 connections for the dialers of one worker. `memory` outlives the
/// connections. Called on the worker's thread.
origin::ConnectionFactory connection_factory(http2::WorkerMemory& memory);

}  // namespace ccnproxy::daemon
