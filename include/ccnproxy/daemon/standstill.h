#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace ccnproxy::daemon {

/// A moment in which other threads stand still, each in wait() until release(). For a fork: the
/// child has a duplicate of every descriptor until it closes them, and as long as there is one,
/// closing ours does not end its watch (epoll(7)), as workers rely on. Any thread.
class Standstill {
 public:
  /// Returns once released; at once if that was before.
  void wait() {
    std::unique_lock lock(mutex_);
    ++standing_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
  }
  /// Whether so many stand still, after at most `patience`.
  bool await(std::size_t threads, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return standing_ >= threads; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t standing_ = 0;
  bool released_ = false;
};

}  // namespace ccnproxy::daemon
