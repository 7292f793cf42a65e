#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ccnproxy::admin {

/// What a connection to the admin endpoint is at.
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

/// Which connection makes room for a new one where there are as many as there may be: of those that
/// wait for their client the one that has for longest, whatever it sends or takes meanwhile; where
/// all are being answered, the one that has waited least. Nothing of an empty list. Pure.
std::optional<std::size_t> connection_to_evict(std::span<const ConnectionFacts> connections);

}  // namespace ccnproxy::admin
