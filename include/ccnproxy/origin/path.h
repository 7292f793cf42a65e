#pragma once

#include <chrono>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::origin {

/// Round trips shorter than this are not worth a connection each: what a burst pays for the
/// congestion window of an idle connection, or a request for a handshake, is then hardly seen,
/// while requests that share a connection share its packets and system calls.
constexpr bool is_far(Duration rtt) { return rtt >= std::chrono::milliseconds(5); }

}  // namespace ccnproxy::origin
