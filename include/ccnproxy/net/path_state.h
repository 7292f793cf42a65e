#pragma once

#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// What TCP knows of the way to the peer.
struct PathState {
  std::uint64_t acknowledged = 0;  ///< bytes, ever
  std::uint64_t outstanding = 0;   ///< bytes written and not acknowledged
  Duration since_ack{};            ///< since the last acknowledgement came
};

}  // namespace ccnproxy
