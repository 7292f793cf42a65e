#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace ccnproxy::daemon {

/// A barrier that holds other threads in wait() until release(). For a fork: the child has a
/// duplicate of every descriptor until it closes them, and until then closing ours does not remove
/// it from an epoll set (epoll(7)), which workers rely on. Any thread.
class WorkerBarrier {
 public:
  /// Blocks until released; returns at once if it was released before.
  void wait() {
    std::unique_lock lock(mutex_);
    ++standing_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
  }
  /// Whether this many threads have arrived within `patience`.
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
