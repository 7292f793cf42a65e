#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace ccnproxy::wan {

/// One direction of a relayed connection: what was read from one socket is written to the other a
/// fixed time later, in order, the end of the stream included. Owns neither socket. One thread.
class DelayedPipe {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  DelayedPipe(int from_fd, int to_fd, std::chrono::nanoseconds delay)
      : from_fd_(from_fd), to_fd_(to_fd), delay_(delay) {}

  /// Room is left and the sender has not ended: its socket is to be watched for input.
  bool wants_input() const { return !input_ended_ && held_bytes_ < kMaxHeld; }
  /// Something is due at `now`, and the receiver's socket took no more when last asked.
  bool wants_output(TimePoint now) const { return blocked_ && next_due() && *next_due() <= now; }
  /// Everything, the end included, has been passed on; or one of the sockets failed.
  bool finished() const { return finished_; }
  bool failed() const { return failed_; }
  std::optional<TimePoint> next_due() const;

  /// Reads once from the sender.
  void take_in(TimePoint now);
  /// Writes what is due, as far as the receiver takes it.
  void let_out(TimePoint now);

 private:
  // 16 MiB in flight over 100 ms are 1.3 Gbit/s: more than a demonstration asks for.
  static constexpr std::size_t kMaxHeld = 16u << 20;

  struct Chunk {
    TimePoint due;
    std::vector<std::uint8_t> bytes;  ///< empty: the end of the stream
    std::size_t written = 0;
  };

  bool write_front();
  void fail() { failed_ = finished_ = input_ended_ = true; }

  int from_fd_;
  int to_fd_;
  std::chrono::nanoseconds delay_;
  std::deque<Chunk> held_;
  std::size_t held_bytes_ = 0;
  bool input_ended_ = false;
  bool blocked_ = false;
  bool finished_ = false;
  bool failed_ = false;
};

}  // namespace ccnproxy::wan
