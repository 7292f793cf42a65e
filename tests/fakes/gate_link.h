#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>

#include <poll.h>

#include "fakes/deadline.h"
#include "fakes/descriptor.h"

namespace ccnproxy::fakes {

enum class GateDirection : std::size_t { ToServer = 0, ToClient = 1 };

/// What a TcpGate does to one direction of its connections.
struct LinkSettings {
  Patience delay{0};                   ///< each byte arrives so much later
  std::uint64_t bytes_per_second = 0;  ///< 0: as fast as it goes
  /// After so many bytes of a connection in this direction, the connection is ended.
  std::uint64_t end_after = std::numeric_limits<std::uint64_t>::max();
  bool end_by_reset = false;  ///< by RST rather than FIN
  bool stalled = false;       ///< nothing is read
};

/// One direction of one connection: a queue of bytes with the time that each may go out.
class GateLink {
 public:
  using Clock = Deadline::Clock;

  bool wants_input(const LinkSettings& settings) const;
  bool wants_output(Clock::time_point now) const;
  /// Reads what is there. False on an error of the connection.
  bool read(int from, const LinkSettings& settings, bool forget);
  /// Writes what is due, and FIN after the last byte; returns the bytes written, or -1.
  std::int64_t write(int to, Clock::time_point now, const LinkSettings& settings);
  /// When the next byte is due; never where there is none.
  Deadline next_due() const;
  bool reached_limit(const LinkSettings& settings) const { return passed_ >= settings.end_after; }
  bool finished() const { return fin_sent_; }

 private:
  struct Piece {
    std::string bytes;  ///< empty: FIN
    Clock::time_point due;
  };
  Clock::time_point due_time(std::size_t size, const LinkSettings& settings);

  std::deque<Piece> queue_;
  std::size_t queued_ = 0;
  std::uint64_t passed_ = 0;
  Clock::time_point line_free_{};  ///< when the bytes before are through, at the set bandwidth
  bool fin_read_ = false;
  bool fin_sent_ = false;
};

/// A client's and a server's socket and the two links between them.
struct GateConnection {
  Descriptor client, server;
  std::array<GateLink, 2> links{};
  bool dead = false;  ///< hit by drop_silently()
  bool over = false;  ///< to be removed
};

}  // namespace ccnproxy::fakes
