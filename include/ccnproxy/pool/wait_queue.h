#pragma once

#include <optional>
#include <utility>

#include "ccnproxy/pool/pool_directory.h"
#include "ccnproxy/pool/stream_waiter.h"

namespace ccnproxy::pool {

/// The requests that wait for a stream of one origin, in order of arrival. Each has a deadline;
/// their number is bounded for all workers together (`pool.max_pending`). On the worker's thread;
/// waiters that are told may wait anew from within.
class WaitQueue {
 public:
  explicit WaitQueue(SharedOrigin& shared) : shared_(shared) {}
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  /// Waits from now until `deadline`. False if `most` do already.
  bool add(StreamWaiter& waiter, const StreamNeed& need, TimePoint now, TimePoint deadline,
           std::uint32_t most);

  bool empty() const noexcept { return waiters_.empty(); }
  std::size_t size() const noexcept { return waiters_.size(); }
  /// The one that has waited longest. Not of an empty queue.
  const StreamWaiter& front() const noexcept { return waiters_.front(); }
  /// Whether serve() is under way: those that wait can use none of the connections that are ready.
  bool serving() const noexcept { return serving_; }

  /// Gives each in turn what `find(need)` finds by `lend(connection, waiter)`. Those behind a
  /// waiter for which there is none get one only if it may not take any. False, and nothing, from
  /// within itself.
  template <class Find, class Lend>
  bool serve(TimePoint now, Find&& find, Lend&& lend) {
    if (std::exchange(serving_, true)) return false;  // `lend` may free or ask for more
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      StreamWaiter& waiter = *it;
      const auto& need = waiter.need_;
      auto* c = find(need);
      if (!c && !need.avoid && !need.waits_apart(now)) break;
      if (!c) {
        ++it;
        continue;
      }
      lend(*c, waiter);
      it = waiters_.begin();
    }
    serving_ = false;
    return true;
  }

  /// Tells those that waited when the dial began. Those that came later deserve a dial of their
  /// own: the origin may have come back.
  void fail(const Error& error, TimePoint dial_began);
  /// No request waits longer than `most` in all from now on, of those that wait now.
  void bound_wait(Duration most);
  /// Tells those whose deadline has come what `error_of(waiter)` says.
  template <class ErrorOf>
  void expire(TimePoint now, ErrorOf&& error_of) {
    while (!waiters_.empty() && waiters_.front().deadline_ <= now) {  // in order of deadline, too
      StreamWaiter& waiter = waiters_.front();
      waiter.leave_queue();
      waiter.on_no_connection(error_of(std::as_const(waiter)));
    }
  }

  /// Those that wait for a connection without other large bodies.
  std::size_t waiting_apart(TimePoint now) const;
  /// Those of them that have waited until `then` take any connection. Whether there are some.
  bool share_at_last(TimePoint then);
  /// When expire() or share_at_last() has something to do next.
  std::optional<TimePoint> next_due(TimePoint now) const;

 private:
  using Waiters = boost::intrusive::list<StreamWaiter, boost::intrusive::constant_time_size<false>>;

  SharedOrigin& shared_;
  Waiters waiters_;
  bool serving_ = false;
};

}  // namespace ccnproxy::pool
