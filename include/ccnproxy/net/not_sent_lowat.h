#pragma once

#include <cstdint>

namespace ccnproxy {

/// How much may wait unsent in the socket of a connection to an origin (TCP_NOTSENT_LOWAT), which
/// is called writable only below that. Without a limit the kernel takes megabytes, and what one
/// stream queued there delays every other stream of the connection and can't be taken back by
/// RST_STREAM. With a small one a fast path runs dry, or wakes us for every piece. So it is what
/// the path carries in two milliseconds, as the kernel has measured it (tcp_info's delivery rate),
/// while there are uploads and as far as the worker's room for that reaches.
///
/// Belongs to the connection's thread, as does the room, which outlives it.
class NotSentLowat {
 public:
  /// To begin with, on slow paths, and where memory is under pressure. 128 KiB is 10 ms at 100
  /// Mbit/s: enough to keep the path busy from one turn of the event loop to the next.
  static constexpr int least = 128 * 1024;
  /// More no kernel holds as it comes (net.ipv4.tcp_wmem).
  static constexpr int most = 4 * 1024 * 1024;
  /// What all connections of a worker may have beyond `least`, together.
  static constexpr int room_of_worker = 64 * 1024 * 1024;
  /// For a path that delivers so many bytes a second; 0: unknown.
  static int for_rate(std::uint64_t bytes_a_second) noexcept;

  /// `room`: what is left of room_of_worker.
  explicit NotSentLowat(int& room) noexcept : room_(room) {}
  NotSentLowat(const NotSentLowat&) = delete;
  NotSentLowat& operator=(const NotSentLowat&) = delete;
  ~NotSentLowat() { room_ += extra_; }

  /// The socket takes no more now; it has taken `written` bytes since it was connected. Asks the
  /// kernel after each MiB, so that small requests never pay for it.
  void on_full(int fd, std::uint64_t written, bool under_pressure) noexcept;
  /// Nothing is uploaded any more: others may need the room.
  void rest(int fd) noexcept;

 private:
  void set(int fd, int wanted) noexcept;

  int& room_;
  int extra_ = 0;                ///< beyond `least`
  std::uint64_t looked_at_ = 0;  ///< when so much had been written
};

}  // namespace ccnproxy
