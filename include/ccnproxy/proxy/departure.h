#pragma once

#include <cstdint>
#include <string>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"

namespace ccnproxy::proxy {

/// Where a request stood when its client left before the end.
struct Departure {
  enum class Stage : std::uint8_t {
    before_reply,  ///< it had asked for no origin yet
    in_body,       ///< the client was sending the request's body
    in_queue,      ///< without a stream
    being_sent,    ///< the origin was taking the request
    before_head,   ///< all was sent
    in_response,
  };
  Stage stage = Stage::before_reply;
  Duration since_request{0};
  Duration since_asked{0};     ///< the pool
  Duration since_progress{0};  ///< of the attempt
  std::string origin = {};
  std::string target = {};     ///< the origin, and its address if one was reached
  std::uint64_t received = 0;  ///< bytes of the request's body
  std::uint64_t sent = 0;      ///< bytes of the response's body
  std::size_t not_taken = 0;   ///< bytes of the response that wait for the client
};

/// What is told of it: Side::client, as the client ended it; the phase is where it stood, so that
/// an origin that said nothing is seen in the log (F146). Pure.
Error error_of(const Departure& departure);

/// What is told where the session gave its client up. `client_write`: timeouts.client_write.
Error stalled_client(Duration client_write);

}  // namespace ccnproxy::proxy
