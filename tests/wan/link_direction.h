#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "flow_table.h"
#include "link_model.h"

namespace ccnproxy::wan {

/// One direction of the link: reads packets from one TUN device, holds each as long as the model
/// says, writes it to the other. Owns neither device nor flow table. One thread.
class LinkDirection {
 public:
  using TimePoint = LinkModel::TimePoint;
  enum class Side : std::uint8_t { a, b };

  LinkDirection(Side from, int from_fd, int to_fd, LinkModel model, FlowTable& flows);

  /// Takes what the sending device has, up to a bound so that the other direction gets its turn.
  void take_in();
  /// Writes every packet that is due at `now`.
  void let_out(TimePoint now);
  /// When the next packet is due; nothing while none is held.
  std::optional<TimePoint> next_due() const;
  /// Writes the counters as one line of JSON and flushes.
  void report(std::FILE* out) const;

 private:
  struct Packet {
    TimePoint due;
    std::uint64_t number = 0;  ///< keeps packets that are due together in order of arrival
    std::vector<std::uint8_t> bytes;
  };
  struct DueLater {
    bool operator()(const Packet& left, const Packet& right) const {
      return left.due != right.due ? left.due > right.due : left.number > right.number;
    }
  };
  struct Counters {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost = 0;
    std::uint64_t queue_dropped = 0;
    std::uint64_t write_failed = 0;
    std::uint64_t blackholed = 0;
    std::uint64_t late_over_200us = 0;  ///< the machine was too busy: judge results with care
    std::chrono::nanoseconds late_total{0};
    std::chrono::nanoseconds late_worst{0};
  };

  void admit(std::size_t size);
  void count_lateness(std::chrono::nanoseconds late);

  Side from_;
  int from_fd_;
  int to_fd_;
  LinkModel model_;
  FlowTable& flows_;
  std::priority_queue<Packet, std::vector<Packet>, DueLater> held_;
  std::uint64_t numbered_ = 0;
  Counters counters_;
  std::array<std::uint8_t, 65536> buffer_{};
};

}  // namespace ccnproxy::wan
