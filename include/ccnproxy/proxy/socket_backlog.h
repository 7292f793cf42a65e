#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::proxy {

/// What a client's socket has of what was written to it and the client does not: memory of the
/// kernel's, which has one bound for all of TCP (tcp_mem) and slows every connection down when that
/// is reached. So it counts in limits.memory like bytes of our own. The kernel is asked (SIOCOUTQ)
/// once for every `least` bytes: what is less is neither known nor counted.
class SocketBacklog {
 public:
  static constexpr std::uint64_t least = 32 * 1024;

  /// Whether the socket may hold `least` bytes, now that so many were written to it in total.
  bool worth_a_look(std::uint64_t written) const noexcept { return written - reached_ >= least; }
  /// The kernel says that it has `queued` of `written` bytes. Bytes that have reached the client
  /// since the last look.
  std::uint64_t look(TimePoint now, std::uint64_t written, std::uint64_t queued) noexcept {
    const auto reached = std::max(reached_, written - std::min(written, queued));
    const auto moved = reached - reached_;
    if (moved > 0 || bytes_ == 0) moved_at_ = now;
    reached_ = reached;
    bytes_ = written - reached;
    return moved;
  }

  /// Held by the socket when it was last looked at, in bytes; 0 if it was not worth a look.
  std::size_t bytes() const noexcept { return bytes_ >= least ? bytes_ : 0; }
  /// When the client took something last, as far as looks tell.
  TimePoint moved_at() const noexcept { return moved_at_; }

 private:
  std::uint64_t reached_ = 0;  ///< bytes that the client has acknowledged
  std::size_t bytes_ = 0;
  TimePoint moved_at_{};
};

}  // namespace ccnproxy::proxy
