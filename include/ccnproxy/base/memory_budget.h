#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "ccnproxy/base/delegate.h"

namespace ccnproxy {

/// The buffered bytes of one worker, bounded by `limits.memory`. Each buffer that holds messages
/// longer than one loop iteration charges its bytes to it. The levels are (docs/overload.md): at
/// one half, every side is read only as fast as its data leaves; near the limit, the clients
/// stalled longest are cut; at the limit, new requests are refused and origins are not read.
///
/// Belongs to one thread. A charge costs two additions, not one a byte.
class MemoryBudget {
 public:
  /// The side that frees the bytes by reading them.
  enum class For : std::uint8_t { clients, origins };

  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  explicit MemoryBudget(std::size_t limit = no_limit) noexcept : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  void set_limit(std::size_t limit) noexcept { limit_ = limit; }
  /// Called after each charge that leaves it nearly full; the callee must not change charges at
  /// once.
  void tell_when_nearly_full(Delegate<void()> call) noexcept { nearly_full_ = call; }

  /// Changes a charge from `charged` to `now` bytes.
  void change(For side, std::size_t& charged, std::size_t now) {
    auto& held = held_[static_cast<std::size_t>(side)];
    const bool more = now > charged;
    held = held + now - charged;
    charged = now;
    if (more && nearly_full() && nearly_full_) nearly_full_();
  }

  std::size_t used() const noexcept { return held_[0] + held_[1]; }
  std::size_t limit() const noexcept { return limit_; }
  bool under_pressure() const noexcept { return used() >= limit_ / 2; }
  /// Below the pressure level by some margin (hysteresis).
  bool relaxed() const noexcept { return used() < limit_ / 4; }
  bool nearly_full() const noexcept { return used() >= limit_ - limit_ / 8; }
  bool full() const noexcept { return used() >= limit_; }
  /// Whether reading from origins has to pause. Only while clients hold a quarter or more: their
  /// bytes leave, or they are cut, within moments. Uploads are freed by origins, which must be read
  /// for that.
  bool origins_must_wait() const noexcept { return full() && held_[0] >= limit_ / 4; }
  /// The bytes to free when it is nearly full: down to three quarters, so that eviction does not
  /// run for each request.
  std::size_t excess() const noexcept { return nearly_full() ? used() - (limit_ - limit_ / 4) : 0; }

 private:
  std::size_t limit_;
  std::array<std::size_t, 2> held_{};
  Delegate<void()> nearly_full_;
};

/// The charge of one buffer to a MemoryBudget (RAII): released by the destructor.
class BufferCharge {
 public:
  BufferCharge(MemoryBudget& budget, MemoryBudget::For side) noexcept
      : budget_(budget), side_(side) {}
  BufferCharge(const BufferCharge&) = delete;
  BufferCharge& operator=(const BufferCharge&) = delete;
  ~BufferCharge() { set(0); }

  void set(std::size_t now) {
    if (now != charged_) budget_.change(side_, charged_, now);
  }
  std::size_t get() const noexcept { return charged_; }

 private:
  MemoryBudget& budget_;
  MemoryBudget::For side_;
  std::size_t charged_ = 0;
};

}  // namespace ccnproxy
