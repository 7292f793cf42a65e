#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "ccnproxy/base/delegate.h"

namespace ccnproxy {

/// What one worker holds of messages beyond the turn in which they came (`limits.memory`): whoever
/// keeps bytes for a side that is slower than the other tells how many. The budget says what
/// follows (docs/overload.md): half full, everybody is read only as fast as what was read before
/// has gone; nearly full, those who have stood still longest are cut; full, new requests are
/// refused, and origins are not read.
///
/// One thread. Costs two additions where what is held has changed, and nothing per byte.
class MemoryBudget {
 public:
  /// For whom bytes are held: who takes them makes room.
  enum class For : std::uint8_t { clients, origins };

  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  explicit MemoryBudget(std::size_t limit = no_limit) noexcept : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  void set_limit(std::size_t limit) noexcept { limit_ = limit; }
  /// Called whenever it is nearly full after a change; must change nothing at once.
  void tell_when_nearly_full(Delegate<void()> call) noexcept { nearly_full_ = call; }

  /// A holder that was charged `charged` holds `now` bytes.
  void change(For whom, std::size_t& charged, std::size_t now) {
    auto& held = held_[static_cast<std::size_t>(whom)];
    const bool more = now > charged;
    held = held + now - charged;
    charged = now;
    if (more && nearly_full() && nearly_full_) nearly_full_();
  }

  std::size_t used() const noexcept { return held_[0] + held_[1]; }
  std::size_t limit() const noexcept { return limit_; }
  bool tight() const noexcept { return used() >= limit_ / 2; }
  /// It was tight, maybe, and is not any more by some margin.
  bool relaxed() const noexcept { return used() < limit_ / 4; }
  bool nearly_full() const noexcept { return used() >= limit_ - limit_ / 8; }
  bool full() const noexcept { return used() >= limit_; }
  /// Whether origins are to be read no further. Only while clients hold a good part: those move, or
  /// are cut, within moments. Room that uploads take is made by origins, which must be heard for
  /// that.
  bool origins_must_wait() const noexcept { return full() && held_[0] >= limit_ / 4; }
  /// What has to go when it is nearly full: down to three quarters, so that it is not for each
  /// request anew.
  std::size_t excess() const noexcept { return nearly_full() ? used() - (limit_ - limit_ / 4) : 0; }

 private:
  std::size_t limit_;
  std::array<std::size_t, 2> held_{};
  Delegate<void()> nearly_full_;
};

/// What one holder is charged; gives it back when it ends.
class HeldBytes {
 public:
  HeldBytes(MemoryBudget& budget, MemoryBudget::For whom) noexcept : budget_(budget), whom_(whom) {}
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;
  ~HeldBytes() { set(0); }

  void set(std::size_t now) {
    if (now != charged_) budget_.change(whom_, charged_, now);
  }
  std::size_t get() const noexcept { return charged_; }

 private:
  MemoryBudget& budget_;
  MemoryBudget::For whom_;
  std::size_t charged_ = 0;
};

}  // namespace ccnproxy
