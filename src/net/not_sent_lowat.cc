#include "ccnproxy/net/not_sent_lowat.h"

#include <algorithm>

#include "ccnproxy/net/socket_options.h"

namespace ccnproxy {
namespace {

constexpr std::uint64_t look_every = 1024 * 1024;

}  // namespace

int NotSentLowat::for_rate(std::uint64_t bytes_a_second) noexcept {
  const auto in_2_ms = std::min<std::uint64_t>(bytes_a_second / 500, most);
  return std::max(least, static_cast<int>(in_2_ms));
}

void NotSentLowat::on_full(int fd, std::uint64_t written, bool under_pressure) noexcept {
  if (written - looked_at_ < look_every) return;
  looked_at_ = written;
  set(fd, under_pressure ? least : for_rate(delivery_rate(fd)));
}

void NotSentLowat::rest(int fd) noexcept {
  if (extra_ == 0) return;
  set(fd, least);
  looked_at_ = 0;  // the path is known to be fast: the next upload asks when it is first refused
}

void NotSentLowat::set(int fd, int wanted) noexcept {
  room_ += extra_;
  extra_ = std::min(wanted - least, room_);
  room_ -= extra_;
  set_most_unsent(fd, least + extra_);
}

}  // namespace ccnproxy
