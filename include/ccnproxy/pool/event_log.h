#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// The last decisions of a pool, for /pools and the log.
class EventLog {
 public:
  static constexpr std::size_t kept = 16;

  void note(TimePoint now, std::string text) {
    text.shrink_to_fit();
    if (entries_.size() < kept) {
      entries_.push_back({now, std::move(text)});
    } else {
      entries_[next_ % kept] = {now, std::move(text)};
    }
    ++next_;
  }
  /// From the oldest to the latest.
  template <class F>
  void for_each(F&& f) const {
    for (auto i = next_ > kept ? next_ - kept : 0; i < next_; ++i) f(entries_[i % kept]);
  }

  struct Entry {
    TimePoint at;
    std::string text;
  };

 private:
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
};

}  // namespace ccnproxy::pool
