#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "ccnproxy/base/clock.h"

#include "sim/origin_model.h"

namespace ccnproxy::sim {

/// What is counted of one kind of origins.
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t ready = 0;    ///< found a connection that took them at once
  std::uint64_t clean = 0;    ///< and were answered on it
  std::uint64_t retried = 0;  ///< were sent again at least once, whatever came of it
  std::uint64_t failed = 0;
  std::uint64_t dials = 0;

  Tally& operator+=(const Tally& other);
  bool operator==(const Tally&) const = default;
};

/// How one request went.
struct Outcome {
  bool found_ready = false;
  std::uint32_t retries = 0;
  bool failed = false;
};

/// What one policy did with one trace. The very first request to each origin is left out: no policy
/// can have a connection ready for an origin that it has not heard of.
class Books {
 public:
  void on_request(Habit habit, const Outcome& outcome);
  void on_dial(Habit habit);
  void on_opened(TimePoint now);
  void on_closed(TimePoint now);
  /// The time that counts is over.
  void finish(TimePoint begin, TimePoint end);

  const Tally& of(Habit habit) const { return tallies_[static_cast<std::size_t>(habit)]; }
  Tally total() const;
  std::size_t open() const noexcept { return open_; }
  std::size_t most_open() const noexcept { return most_open_; }
  double mean_open() const noexcept { return mean_open_; }
  double hours() const noexcept { return hours_; }
  bool operator==(const Books&) const = default;

 private:
  void pass(TimePoint now);

  std::array<Tally, habits> tallies_{};
  std::size_t open_ = 0;
  std::size_t most_open_ = 0;
  double open_seconds_ = 0;
  double mean_open_ = 0;
  double hours_ = 0;
  TimePoint changed_{};
  bool finished_ = false;
};

}  // namespace ccnproxy::sim
