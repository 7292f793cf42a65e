#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/intrusive/slist.hpp>
#include <sys/epoll.h>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/coalesce_gate.h"
#include "ccnproxy/base/retired.h"
#include "ccnproxy/base/timer.h"
#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy {

/// Told when a descriptor is ready. May be called once more in the turn in which it closed its
/// descriptor, and must then do nothing.
class IoHandler {
 public:
  virtual void on_io(std::uint32_t epoll_events) = 0;

 protected:
  ~IoHandler() = default;
};

/// Something to do once at the end of the turn in which it was asked for, e.g. writing out what all
/// streams of a connection queued. Asking twice in a turn is asking once.
class TurnTask : public boost::intrusive::slist_base_hook<> {
 public:
  explicit TurnTask(Delegate<void()> run) : run_(run) {}

 private:
  friend class EventLoop;
  Delegate<void()> run_;
  TimePoint due_{};
  bool queued_ = false;
  bool delayed_ = false;
};

/// One thread's readiness loop: level-triggered epoll, coarse timers, tasks at the end of a turn.
///
/// A turn is: wait for events, handle them all, fire timers, run the end-of-turn tasks, destroy
/// what was retired. Everything but post() and stop() belongs to the thread that runs it.
///
/// It is our own rather than an asio::io_context because it is the path of every request: a
/// readiness kept level-triggered, descriptors that are never registered, and an end of the turn at
/// which output goes out together cost 2 to 4 system calls a request less (docs/architecture.md).
class EventLoop final : public Clock {
 public:
  /// `coalesce`: see CoalesceGate. Throws std::system_error if the kernel has no descriptors left.
  explicit EventLoop(Duration coalesce = Duration(0));
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop() override;

  /// The time at which this turn began; read once a turn.
  TimePoint now() const noexcept override { return now_; }
  /// The time right now, for what is reported to people.
  static TimePoint read_clock() noexcept { return std::chrono::steady_clock::now(); }

  /// Level-triggered. The descriptor must be closed or unwatched before the handler dies; closing
  /// it is enough to end the watch.
  void watch(int fd, std::uint32_t events, IoHandler& handler);
  void rewatch(int fd, std::uint32_t events, IoHandler& handler);
  void unwatch(int fd);

  TimerWheel& timers() noexcept { return timers_; }
  void at_turn_end(TurnTask& task) noexcept;
  /// At the end of a turn so much later, to a millisecond, unless it is asked for sooner. For short
  /// delays of few tasks; Timer is for all else.
  void delay(TurnTask& task, Duration by) noexcept;
  void cancel(TurnTask& task) noexcept;
  void retire(std::unique_ptr<Retired> object) { retired_.push_back(std::move(object)); }
  /// Tells the coalescing gate of work; see there.
  void count_work(std::uint32_t pieces = 1) noexcept { gate_.count_work(pieces); }
  void count_input(std::size_t bytes) noexcept { gate_.count_input(bytes); }
  /// Whether input comes so fast that waiting for more pays.
  bool busy() const noexcept { return gate_.is_open(); }

  /// Runs `task` on the loop's thread, soon. Any thread.
  void post(std::function<void()> task);
  /// Ends run() after the current turn. Any thread.
  void stop();
  void run();
  /// One turn that waits at most `timeout`; for tests.
  void run_once(Duration timeout);

 private:
  class Waker;
  void turn(int timeout_ms);
  int wait_ms() const;
  void release_delayed() noexcept;
  void finish_turn();

  UniqueFd epoll_;
  TimePoint now_;
  TimerWheel timers_;
  CoalesceGate gate_;
  using TurnTasks = boost::intrusive::slist<TurnTask, boost::intrusive::cache_last<true>>;
  TurnTasks turn_tasks_;
  TurnTasks delayed_;
  std::vector<std::unique_ptr<Retired>> retired_;
  std::unique_ptr<Waker> waker_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by posted_mutex_
  std::atomic<bool> stopping_{false};
};

}  // namespace ccnproxy
