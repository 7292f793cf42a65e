#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/error.h"
#include "ccnproxy/observe/access_log.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/worker_metrics.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/proxy/attempt.h"
#include "ccnproxy/proxy/logged_headers.h"
#include "ccnproxy/proxy/request_plan.h"

namespace ccnproxy::proxy {

/// What was seen of one request, for the counters and the access log. A value: a new request's is a
/// new one.
struct RequestRecord {
  std::chrono::system_clock::time_point began_at;  ///< when its head was complete
  std::uint16_t status = 0;                        ///< as the client got it; 0: it got none yet
  observe::Timings timings;
  std::optional<observe::WaitResult> found;  ///< by the request, not by its retries
  std::uint32_t retries = 0;
  std::optional<Proof> retry_proof;
  std::optional<Error> error;
  std::uint64_t bytes_in = 0;   ///< of bodies; set at the end
  std::uint64_t bytes_out = 0;  ///< set at the end

  /// It has got a stream, for which it waited so long.
  void note_stream(observe::WaitResult result, Duration waited, const origin::DialTimings& dial);
  /// To `metrics`, those of its origin if it got as far.
  void count(observe::WorkerMetrics& metrics, observe::OriginMetrics* of_origin,
             TimePoint now) const;
  void write(observe::AccessLog::Writer& log, std::string_view client, const RequestPlan& plan,
             const Attempt& attempt, const LoggedHeaders& headers) const;
  /// How it went, for a person at curl: Server-Timing in milliseconds (W3C), Proxy-Status
  /// (RFC 9209). Lines of a head.
  std::string debug_fields(const Attempt::Connection& connection) const;
};

}  // namespace ccnproxy::proxy
