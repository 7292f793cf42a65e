#include "ccnproxy/net/notifier.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace ccnproxy {
namespace {

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) noexcept {
  static_assert(sizeof(word) == sizeof(std::uint32_t));
  return ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, timeout,
                   nullptr, 0);
}

}  // namespace

void Notifier::wake() noexcept {
  // Of several that ring at once, only the first pays for the call.
  if (state_.exchange(awake, std::memory_order_seq_cst) == awake) return;
  futex(state_, FUTEX_WAKE_PRIVATE, 1, nullptr);
}

void Notifier::sleep(std::uint32_t as, const std::chrono::nanoseconds* at_most) noexcept {
  timespec timeout{};
  if (at_most != nullptr) {
    timeout.tv_sec = static_cast<time_t>(at_most->count() / 1'000'000'000);
    timeout.tv_nsec = static_cast<long>(at_most->count() % 1'000'000'000);
  }
  futex(state_, FUTEX_WAIT_PRIVATE, as, at_most != nullptr ? &timeout : nullptr);
}

}  // namespace ccnproxy
