#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/base/error.h"

namespace ccnproxy::observe {

/// The durations of the phases of one exchange; negative means that a phase did not happen.
struct Timings {
  static constexpr std::chrono::nanoseconds none{-1};
  std::chrono::nanoseconds wait = none;  ///< from asking the pool to a stream of a connection
  std::chrono::nanoseconds dns = none;   ///< of the dial that was waited for, if one was
  std::chrono::nanoseconds tcp = none;
  std::chrono::nanoseconds tls = none;
  std::chrono::nanoseconds first_byte =
      none;                               ///< from the request's head read to the response's head
  std::chrono::nanoseconds total = none;  ///< from the request's first byte to the response's last
};

/// One record of the access log: exactly one for each request, also for failed and refused requests
/// and for clients that left. Views, valid for the call that takes the record.
struct AccessRecord {
  std::chrono::system_clock::time_point time;  ///< when the request's head was complete
  std::string_view client;                     ///< address:port, or "unix"
  std::string_view method;
  std::string_view target;    ///< as received; the log leaves the query out by default
  std::string_view host;      ///< the Host the client sent
  std::string_view origin;    ///< https://host[:port]; empty if none was found
  std::string_view protocol;  ///< to the origin: h2, http/1.1 or empty
  std::string_view address;   ///< of the origin, ip:port; empty if none was reached
  std::string_view request_id;
  std::string_view trace_id;  ///< of a valid traceparent of the request; empty if it has none
  std::string_view span_id;   ///< its parent-id: the span that sent the request
  /// Chosen header fields of the request and of the origin's response, as append_field() packs
  /// them.
  std::string_view request_headers;
  std::string_view response_headers;
  std::uint16_t status = 0;     ///< as sent to the client; 499 if it left first
  std::uint64_t bytes_in = 0;   ///< body bytes from the client
  std::uint64_t bytes_out = 0;  ///< body bytes to the client
  std::string_view found;       ///< ready, waited or dialed: what the request found; empty if none
  bool reused = false;          ///< the connection had carried a request before
  std::uint32_t retries = 0;
  std::string_view retry_proof;  ///< of the last retry, empty if none
  std::string_view hedge;        ///< won or lost: what became of a second attempt; empty if none
  Timings timings;
  std::string_view error;       ///< RFC 9209 type, empty if none
  std::string_view error_side;  ///< client, origin, proxy
  std::string_view error_phase;
  std::string_view error_detail;
};

}  // namespace ccnproxy::observe
