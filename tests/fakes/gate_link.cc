#include "fakes/gate_link.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace ccnproxy::fakes {
namespace {

// What a link may hold: enough for 100 ms of delay at 80 Mbit/s, small enough for back-pressure.
constexpr std::size_t queue_limit = 1 << 20;
constexpr std::size_t piece_size = 16 * 1024;

}  // namespace

bool GateLink::wants_input(const LinkSettings& settings) const {
  return !fin_read_ && !settings.stalled && queued_ < queue_limit;
}

bool GateLink::wants_output(Clock::time_point now) const {
  return !queue_.empty() && queue_.front().due <= now;
}

GateLink::Clock::time_point GateLink::due_time(std::size_t size, const LinkSettings& settings) {
  const auto now = Clock::now();
  if (settings.bytes_per_second == 0) return now + settings.delay;
  const std::chrono::duration<double> time(static_cast<double>(size) /
                                           static_cast<double>(settings.bytes_per_second));
  line_free_ = std::max(line_free_, now) + std::chrono::duration_cast<Clock::duration>(time);
  return line_free_ + settings.delay;
}

bool GateLink::read(int from, const LinkSettings& settings, bool forget) {
  std::array<char, piece_size> buffer;
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) fin_read_ = true;
  if (forget) return true;
  const auto size = static_cast<std::size_t>(got);
  queue_.push_back({std::string(buffer.data(), size), due_time(size, settings)});
  queued_ += size;
  return true;
}

std::int64_t GateLink::write(int to, Clock::time_point now, const LinkSettings& settings) {
  std::int64_t written = 0;
  while (wants_output(now) && !reached_limit(settings)) {
    Piece& piece = queue_.front();
    if (piece.bytes.empty()) {
      ::shutdown(to, SHUT_WR);
      fin_sent_ = true;
      queue_.pop_front();
      continue;
    }
    const std::size_t size = static_cast<std::size_t>(
        std::min<std::uint64_t>(piece.bytes.size(), settings.end_after - passed_));
    const ssize_t put = ::send(to, piece.bytes.data(), size, MSG_NOSIGNAL);
    if (put < 0) return errno == EAGAIN || errno == EINTR ? written : -1;
    passed_ += static_cast<std::uint64_t>(put);
    written += put;
    queued_ -= static_cast<std::size_t>(put);
    piece.bytes.erase(0, static_cast<std::size_t>(put));
    if (piece.bytes.empty()) queue_.pop_front();
  }
  return written;
}

Deadline GateLink::next_due() const {
  return queue_.empty() ? Deadline::never() : Deadline(queue_.front().due);
}

}  // namespace ccnproxy::fakes
