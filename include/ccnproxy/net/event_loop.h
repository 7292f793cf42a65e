#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/intrusive/slist.hpp>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/batching_gate.h"
#include "ccnproxy/net/deferred_delete.h"
#include "ccnproxy/net/ready_set.h"
#include "ccnproxy/net/timer.h"

namespace boost::asio {
class io_context;
}

namespace ccnproxy {

/// A deferred callback, run once at the end of the current loop iteration, e.g. to write out what
/// all streams of a connection queued. Scheduling it twice in an iteration runs it once.
class DeferredCall : public boost::intrusive::slist_base_hook<> {
 public:
  explicit DeferredCall(Delegate<void()> run) : run_(run) {}

 private:
  friend class EventLoop;
  Delegate<void()> run_;
  TimePoint due_{};
  bool queued_ = false;
  bool delayed_ = false;
};

/// The event loop of one thread: an asio::io_context that waits, takes posts and runs coroutines,
/// with a ReadySet for established connections, coarse timers, and deferred calls.
///
/// An iteration (a turn) is: wait for the next thing that Asio has (the ready set, a post, a
/// coroutine to resume), run it, fire timers, run the deferred calls, destroy deferred objects. So
/// what a coroutine changes in a connection is written out at once, as what an event changes is.
/// Coroutine has the rules by which one enters an iteration.
///
/// The ready set is not Asio's own reactor because it is on the path of every request:
/// level-triggered readiness, and an end of the iteration at which output is written together, save
/// 2 to 4 system calls a request (docs/development/decisions/event-loop.md). All but post() and
/// stop() belongs to the thread that calls run().
class EventLoop final : public Clock {
 public:
  using Warn = std::function<void(const std::string&)>;

  /// `coalesce`: the batching window, see BatchingGate. `warn` is told, on the loop's thread, when
  /// the kernel refuses to wait for connections; that is then tried again each second. Throws
  /// std::system_error if the process has no descriptors left.
  explicit EventLoop(Duration coalesce = Duration(0), Warn warn = nullptr);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop() override;

  /// The time at which this iteration began; read once an iteration.
  TimePoint now() const noexcept override { return now_; }
  /// The current time, for reports.
  static TimePoint read_clock() noexcept { return std::chrono::steady_clock::now(); }

  /// See ReadySet.
  void watch(int fd, std::uint32_t events, IoHandler& handler) { set_.watch(fd, events, handler); }
  void rewatch(int fd, std::uint32_t events, IoHandler& handler) {
    set_.rewatch(fd, events, handler);
  }
  void unwatch(int fd) noexcept { set_.unwatch(fd); }

  TimerWheel& timers() noexcept { return timers_; }
  void defer(DeferredCall& task) noexcept;
  /// Runs the call at the end of an iteration after `by`, to a millisecond, or at the end of this
  /// one if defer() asks for that. For short delays of few calls; use Timer otherwise.
  void delay(DeferredCall& task, Duration by) noexcept;
  void cancel(DeferredCall& task) noexcept;
  void defer_delete(std::unique_ptr<DeferredDelete> object) {
    deferred_deletes_.push_back(std::move(object));
  }
  /// Counts work for the batching decision, see BatchingGate.
  void count_work(std::uint32_t pieces = 1) noexcept { gate_.count_work(pieces); }
  void count_input(std::size_t bytes) noexcept { gate_.count_input(bytes); }
  /// Whether input arrives fast enough for batching.
  bool busy() const noexcept { return gate_.is_open(); }

  /// For what Asio does besides. A handler of it calls refresh() before anything that asks for the
  /// time, which stands still within a turn; Coroutine does so by itself.
  boost::asio::io_context& io() noexcept;
  void refresh() noexcept { now_ = read_clock(); }

  /// Runs `task` on the loop's thread in a later iteration. Any thread.
  void post(std::function<void()> task);
  /// Ends run() after the current iteration. Any thread.
  void stop();
  void run();
  /// Runs one iteration that waits at most `timeout`; for tests.
  void run_once(Duration timeout);

 private:
  struct Asio;
  void turn(std::optional<TimePoint> until);
  void wait(std::optional<TimePoint> until);
  void await_ready();
  void on_ready_fault(const std::string& fault);
  void retry_ready() { awaits_ready_ = false; }
  std::optional<TimePoint> next_due() const;
  void release_delayed() noexcept;
  void finish_turn();
  void destroy_retired();

  TimePoint now_;
  TimerWheel timers_;
  BatchingGate gate_;
  using DeferredCalls = boost::intrusive::slist<DeferredCall, boost::intrusive::cache_last<true>>;
  DeferredCalls deferred_calls_;
  DeferredCalls delayed_;
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  ReadySet set_;
  bool awaits_ready_ = false;  ///< or will again, when retry_ has fired
  Warn warn_;
  Timer retry_;
  std::unique_ptr<Asio> asio_;
};

}  // namespace ccnproxy
