#include "ccnproxy/origin/interim_limiter.h"

#include <algorithm>

namespace ccnproxy::origin {
namespace {

constexpr Duration second = std::chrono::seconds(1);

// Takes what is worth `cost` out of a bucket that holds `depth`; false where it is not there.
bool take(TimePoint& full, TimePoint now, Duration cost, Duration depth) noexcept {
  full = std::max(full, now) + cost;
  return full - now <= depth;
}

}  // namespace

std::string_view InterimLimiter::admit(std::size_t bytes, TimePoint now) noexcept {
  constexpr Duration a_head = second / a_second;
  if (!take(heads_full_, now, a_head, a_head * burst)) {
    return "interim (1xx) responses without end: more than 128 at once and 100 a second after that";
  }
  constexpr Duration a_kibibyte = second * 1024 / bytes_a_second;
  constexpr Duration depth = a_kibibyte * (burst_bytes / 1024);
  const auto counted = static_cast<Duration::rep>(std::min(bytes, burst_bytes + 1));
  if (!take(bytes_full_, now, a_kibibyte * counted / 1024, depth)) {
    return "interim (1xx) responses without end: more than 1 MiB at once and 256 KiB a second "
           "after that";
  }
  return {};
}

}  // namespace ccnproxy::origin
