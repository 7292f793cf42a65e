#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "fakes/deadline.h"
#include "fakes/failure.h"

namespace ccnproxy::fakes {

/// A value that one thread changes and another waits on. Any thread.
template <typename Value>
class Tally {
 public:
  template <typename Change>
  decltype(auto) update(Change&& change) {
    const std::lock_guard lock(mutex_);
    const Notifier notify{changed_};
    return std::forward<Change>(change)(value_);
  }

  template <typename Look>
  auto read(Look&& look) const {
    const std::lock_guard lock(mutex_);
    return std::forward<Look>(look)(value_);
  }

  Value copy() const {
    return read([](const Value& value) { return value; });
  }

  /// Waits until `reached(value)` and returns what `look(value)` gives then, under the same lock.
  /// Throws Failure with `describe(value)` when the deadline passes before.
  template <typename Reached, typename Look, typename Describe>
  auto wait(Reached reached, Look look, Describe describe, Deadline deadline) const {
    std::unique_lock lock(mutex_);
    // wait_until on the system clock's own overload is what ThreadSanitizer of older compilers
    // understands; short slices keep a stepped system clock harmless.
    while (!reached(value_)) {
      if (deadline.passed()) throw Failure(describe(value_));
      const auto slice = std::chrono::milliseconds(
          deadline.is_never() ? 1000 : std::min(1000, std::max(1, deadline.poll_timeout())));
      changed_.wait_until(lock, std::chrono::system_clock::now() + slice);
    }
    return look(value_);
  }

 private:
  struct Notifier {
    std::condition_variable& changed;
    ~Notifier() { changed.notify_all(); }
  };

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Value value_{};
};

}  // namespace ccnproxy::fakes
