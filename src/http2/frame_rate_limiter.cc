#include "ccnproxy/http2/frame_rate_limiter.h"

#include <algorithm>
#include <cstring>

namespace ccnproxy::http2 {
namespace {

constexpr unsigned char data_frame = 0;
constexpr unsigned char end_stream = 1;
constexpr unsigned char padded = 8;
constexpr std::size_t longest_padding = 256;  ///< with the byte that says its length

}  // namespace

bool FrameRateLimiter::admit(std::string_view bytes, TimePoint now) {
  refill(now);
  while (!bytes.empty()) {
    const auto skipped = std::min<std::size_t>(payload_left_, bytes.size());
    payload_left_ -= static_cast<std::uint32_t>(skipped);
    bytes.remove_prefix(skipped);
    const auto n = std::min(head_size - head_bytes_, bytes.size());
    std::memcpy(head_.data() + head_bytes_, bytes.data(), n);
    bytes.remove_prefix(n);
    head_bytes_ += static_cast<std::uint8_t>(n);
    if (head_bytes_ == head_size) left_ -= cost_of_frame();
  }
  return left_ >= 0;
}

/// Its head is complete: from now on its payload comes.
std::int32_t FrameRateLimiter::cost_of_frame() noexcept {
  head_bytes_ = 0;
  payload_left_ = std::uint32_t{head_[0]} << 16 | std::uint32_t{head_[1]} << 8 | head_[2];
  if (head_[3] != data_frame || (head_[4] & end_stream)) return head_[3] == data_frame ? 0 : 1;
  const auto no_data = head_[4] & padded ? longest_padding : 0;
  return payload_left_ <= no_data ? 1 : 0;
}

void FrameRateLimiter::refill(TimePoint now) noexcept {
  const auto earned = (now - filled_) / (Duration(std::chrono::seconds(1)) / a_second);
  if (earned <= 0) return;
  filled_ = now;
  if (left_ >= 0) left_ = static_cast<std::int32_t>(std::min<std::int64_t>(left_ + earned, burst));
}

}  // namespace ccnproxy::http2
