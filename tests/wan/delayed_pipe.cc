#include "delayed_pipe.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace ccnproxy::wan {

std::optional<DelayedPipe::TimePoint> DelayedPipe::next_due() const {
  if (held_.empty()) return std::nullopt;
  return held_.front().due;
}

void DelayedPipe::take_in(TimePoint now) {
  std::array<std::uint8_t, 65536> buffer;
  const ssize_t size = ::recv(from_fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) fail();
    return;
  }
  input_ended_ = size == 0;
  held_bytes_ += static_cast<std::size_t>(size);
  held_.push_back({now + delay_, {buffer.begin(), buffer.begin() + size}, 0});
}

void DelayedPipe::let_out(TimePoint now) {
  blocked_ = false;
  while (!held_.empty() && held_.front().due <= now && !failed_) {
    if (held_.front().bytes.empty()) {
      ::shutdown(to_fd_, SHUT_WR);
      finished_ = true;
      held_.pop_front();
    } else if (!write_front()) {
      return;
    }
  }
}

bool DelayedPipe::write_front() {
  Chunk& chunk = held_.front();
  const std::size_t left = chunk.bytes.size() - chunk.written;
  const ssize_t sent =
      ::send(to_fd_, chunk.bytes.data() + chunk.written, left, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) fail();
    blocked_ = true;
    return false;
  }
  chunk.written += static_cast<std::size_t>(sent);
  held_bytes_ -= static_cast<std::size_t>(sent);
  if (chunk.written == chunk.bytes.size()) held_.pop_front();
  return true;
}

}  // namespace ccnproxy::wan
