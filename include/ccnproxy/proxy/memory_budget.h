#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::proxy {

/// What one worker holds of bodies for those who are slower than the other side (`limits.memory`).
/// Each client session tells what it holds; the budget says what follows (docs/overload.md):
/// half full, everybody is read only as fast as what was read before has gone; nearly full, those
/// who have stood still longest are cut; full, new requests are refused.
///
/// One thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t limit) noexcept : limit_(limit) {}

  void set_limit(std::size_t limit) noexcept { limit_ = limit; }

  /// A holder that was charged `charged` holds `now` bytes.
  void change(std::size_t& charged, std::size_t now) noexcept {
    used_ += now;
    used_ -= charged;
    charged = now;
  }

  std::size_t used() const noexcept { return used_; }
  bool tight() const noexcept { return used_ >= limit_ / 2; }
  bool nearly_full() const noexcept { return used_ >= limit_ - limit_ / 8; }
  bool full() const noexcept { return used_ >= limit_; }
  /// What has to go when it is nearly full: down to three quarters, so that it is not for each
  /// request anew.
  std::size_t excess() const noexcept { return nearly_full() ? used_ - (limit_ - limit_ / 4) : 0; }

 private:
  std::size_t limit_;
  std::size_t used_ = 0;
};

/// One who holds memory because its client takes nothing.
struct Standing {
  std::size_t bytes = 0;
  TimePoint since{};  ///< the client has taken nothing since then
};

/// Who is cut when memory is nearly full: those who have stood still longest, and nobody who has
/// moved within the last quarter of a second. Indexes into `standing`, until `excess` bytes are
/// free.
std::vector<std::size_t> choose_to_cut(std::span<const Standing> standing, std::size_t excess,
                                       TimePoint now);

}  // namespace ccnproxy::proxy
