#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ccnproxy::admin {

/// The phase of a connection to the admin endpoint.
enum class ConnectionPhase : std::uint8_t {
  silent,     ///< no byte of a request, be it the first or one after an answer
  head,       ///< a part of a request's head
  answering,  ///< its answer is being made
  writing,    ///< its answer is on its way, or the end is
};

struct ConnectionFacts {
  ConnectionPhase phase = ConnectionPhase::silent;
  std::chrono::steady_clock::time_point since;  ///< the phase began
};

/// The eviction policy at the connection limit: of the connections that wait for their client, the
/// one that has waited longest, whatever it sends or reads meanwhile; if all are being answered,
/// the one that has waited least. No value for an empty list. Pure.
std::optional<std::size_t> connection_to_evict(std::span<const ConnectionFacts> connections);

}  // namespace ccnproxy::admin
