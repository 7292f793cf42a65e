#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ccnproxy/observe/line_file.h"

namespace ccnproxy::observe {

/// The rotation of an access log that is a folder: one file for each interval,
/// `access_log.YYYYMMDDhhmm` by the local time at which it begins (midnight for a day), and the
/// link `current` to the newest. Removes the oldest beyond `keep`. With intervals of 0 there is one
/// file `access_log`, which other programs may rotate.
///
/// Used by one thread at a time. Files of other names are left alone.
class LogRotation {
 public:
  using Time = std::chrono::system_clock::time_point;
  LogRotation(std::string folder, std::chrono::nanoseconds every, std::uint32_t keep)
      : folder_(std::move(folder)), every_(every), keep_(keep) {}

  /// Whether another file than the one opened last belongs to `now`.
  bool is_due(Time now) const noexcept { return now >= next_; }
  /// Opens the file of `now`, then does what there is to do about the others: a link or a file that
  /// can't be changed is left as it is, and told of by take_trouble(). Throws std::system_error if
  /// the file can't be opened; then the next look is an interval, at most a minute, later.
  LineFile open(Time now);
  /// Errors since the last call; empty if none.
  std::string take_trouble() { return std::exchange(trouble_, {}); }

 private:
  void link(const std::string& name);
  void remove_old();

  std::string folder_;
  std::chrono::nanoseconds every_;
  std::uint32_t keep_;
  Time next_ = Time::max();
  std::string trouble_;
};

/// The interval that `now` lies in, and the name of its file. Intervals are counted from local
/// midnight of 1970, so that a day begins at midnight and 10 minutes at :00, :10 and so on; a
/// change of daylight saving time makes one longer or shorter.
struct LogInterval {
  std::string name;
  LogRotation::Time end;
};
LogInterval log_interval(LogRotation::Time now, std::chrono::nanoseconds every);

/// Which of these files of a folder are rotated ones beyond the newest `keep`; none if that is 0.
std::vector<std::string> outdated_logs(std::vector<std::string> names, std::uint32_t keep);

}  // namespace ccnproxy::observe
