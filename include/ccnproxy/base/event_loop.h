#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/intrusive/slist.hpp>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/coalesce_gate.h"
#include "ccnproxy/base/ready_set.h"
#include "ccnproxy/base/retired.h"
#include "ccnproxy/base/timer.h"

namespace boost::asio {
class io_context;
}

namespace ccnproxy {

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

/// One thread's event loop: an asio::io_context that waits, takes posts and runs coroutines, and on
/// it a ReadySet for the connections that stand, coarse timers, and tasks at the end of a turn.
///
/// A turn is: wait for what Asio has next (the ready set, a post, a coroutine that goes on), do it,
/// fire timers, run the end-of-turn tasks, destroy what was retired. So what a coroutine changes in
/// a connection goes out at once, as what an event changes does.
///
/// The ready set is not Asio's own reactor because it is the path of every request: a readiness
/// kept level-triggered and an end of the turn at which output goes out together cost 2 to 4 system
/// calls a request less (docs/development/architecture.md). Everything but post() and stop()
/// belongs to the thread that runs it.
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

  /// See ReadySet.
  void watch(int fd, std::uint32_t events, IoHandler& handler) { set_.watch(fd, events, handler); }
  void rewatch(int fd, std::uint32_t events, IoHandler& handler) {
    set_.rewatch(fd, events, handler);
  }
  void unwatch(int fd) noexcept { set_.unwatch(fd); }

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

  /// For coroutines and what they wait for. A coroutine that was resumed by Asio calls refresh()
  /// before it calls anything that asks for the time.
  boost::asio::io_context& io() noexcept;
  void refresh() noexcept { now_ = read_clock(); }

  /// Runs `task` on the loop's thread, soon. Any thread.
  void post(std::function<void()> task);
  /// Ends run() after the current turn. Any thread.
  void stop();
  void run();
  /// One turn that waits at most `timeout`; for tests.
  void run_once(Duration timeout);

 private:
  struct Asio;
  void turn(std::optional<TimePoint> until);
  void wait(std::optional<TimePoint> until);
  void await_ready();
  std::optional<TimePoint> next_due() const;
  void release_delayed() noexcept;
  void finish_turn();

  TimePoint now_;
  TimerWheel timers_;
  CoalesceGate gate_;
  using TurnTasks = boost::intrusive::slist<TurnTask, boost::intrusive::cache_last<true>>;
  TurnTasks turn_tasks_;
  TurnTasks delayed_;
  std::vector<std::unique_ptr<Retired>> retired_;
  ReadySet set_;
  bool awaits_ready_ = false;
  std::unique_ptr<Asio> asio_;
};

}  // namespace ccnproxy
