#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ccnproxy/pool/connection_events.h"
#include "ccnproxy/pool/exclusive_connections.h"
#include "ccnproxy/pool/hedges.h"
#include "ccnproxy/pool/origin_snapshot.h"
#include "ccnproxy/pool/pool_report.h"
#include "ccnproxy/pool/retry_budget.h"

namespace ccnproxy::pool {

/// The connections of one worker to one origin: lends streams, and holds as many connections ready
/// as the next requests will need.
///
/// A request takes a stream of a ready connection at once (Lender, Placement). Otherwise it waits
/// in order of arrival (WaitQueue), and whichever connection has room first serves it: a waiter is
/// not tied to the dial it caused. Whether any waits or not, the pool keeps to what is wanted
/// (Demand, Maintainer): it dials ahead of need, replaces connections before they go, backs off
/// while the origin fails, and lets go what is not needed any more. All of that is decided by pure
/// functions beside these classes (docs/pool-policy.md); this one connects them.
///
/// Works on abstract connections and a clock; knows no socket. Lives on one thread; must not be
/// destroyed while streams are open or from within its own calls.
class OriginPool final {
 public:
  OriginPool(origin::Origin origin, std::shared_ptr<const config::Pool> settings,
             Duration queue_deadline, std::shared_ptr<origin::Dialer> dialer, PoolContext context);
  ~OriginPool();
  OriginPool(const OriginPool&) = delete;
  OriginPool& operator=(const OriginPool&) = delete;

  /// Answers through `waiter`, at once if a connection is ready or the queue is full. `avoid` is
  /// the serial of a connection that this request must not use again, or 0. `bulk`: its body has
  /// bulk_bytes or more; to a far HTTP/2 origin it waits for a dial rather than share a connection
  /// with another such body, for a few round trips at most.
  void acquire(StreamWaiter& waiter, std::uint64_t avoid = 0, bool bulk = false);
  /// A request or response on this connection has turned out to be bulk.
  void note_bulk(std::uint64_t serial);
  /// Another worker that serves a new request sooner than this one would: it has a connection
  /// ready, or it has all that `max_connections` allows. Asked before acquire().
  std::optional<std::size_t> better_worker();

  /// A request has ended so, `error` being null if it did not end in one; `asked` is when it asked
  /// for its last connection.
  void note_request_end(std::uint16_t status, const Error* error, TimePoint asked);
  /// Whole seconds after which a request that was refused (CircuitBreaker) may come again.
  std::uint32_t retry_after() const { return gate_.retry_after(); }

  // Second attempts (config::Hedging).
  /// Whether requests may have them: they are on, and the origin is far.
  bool may_hedge() const { return path_.may_hedge(); }
  /// A request that may have one has been sent. After how long its answer is late; nothing while
  /// that is not known.
  std::optional<Duration> late_answer();
  /// An answer began so long after its request was sent, or is still awaited then.
  void note_answer_time(Duration time);
  /// Lends `waiter` a connection that stands ready, other than `avoid`, for a second attempt. Not
  /// where there is none, or the budget is spent.
  void hedge(StreamWaiter& waiter, std::uint64_t avoid);
  void note_hedge(bool won) { ++env_.metrics.hedges[won ? 1 : 0]; }

  /// Connections that belong to one client each.
  ExclusiveConnections& exclusive() noexcept { return exclusive_; }
  /// What dials now. For connections of clients' own; outlives those that it made.
  const std::shared_ptr<origin::Dialer>& dialer() const noexcept { return env_.dialer; }

  /// Goes on under other terms. Connections live on, unless nothing may be connected to their
  /// address any more: then they take no new streams. Those that are to be replaced go when others
  /// stand in their place, but no later than a dial may take: settings that do not work are seen,
  /// and those before them do not live on unseen. Not from within its own calls.
  void adopt(PoolTerms terms);
  bool is_barred() const noexcept { return usage_.barred(); }

  /// Ready from now on, whatever the traffic.
  void keep_for_ever();
  void keep_as_used();
  bool kept_for_ever() const noexcept { return usage_.kept_for_ever(); }
  /// Takes up where a former process left off.
  void recall(const OriginSnapshot& memory, Duration last_used_ago);
  OriginSnapshot memory() const;
  bool remembered() const noexcept { return usage_.remembered(); }
  /// Whether it has connections to keep or to get back: an origin that once answered and is in use,
  /// even if it is down now.
  bool is_kept() const { return env_.settings->min_ready > 0 && demand_.keep_ready(); }
  /// Whether a connection is open.
  bool is_ready() const noexcept { return connections_.any_open(); }
  /// Ends what is idle and keeps nothing ready until the next request: there are too many origins.
  void give_up() { idle_.give_up(); }

  /// An idle connection that can go where room is short. Good until the end of the turn.
  struct Spare {
    TimePoint idle_since;
    OriginPool* pool;
    PooledConnection* connection;
  };
  /// Adds its idle connections beyond `min_ready`.
  void list_spare(std::vector<Spare>& spare);
  /// Ends this one if it is still idle. Whether it was.
  bool let_go(PooledConnection& c) { return idle_.let_go(c); }
  /// Ends what is idle, to make room for other origins. How many that were.
  std::size_t let_go_of_idle() { return idle_.let_go_of_all(); }
  /// Where all pools of the worker take room for their connections.
  ConnectionRoom& room() const noexcept { return env_.room(); }
  Duration queue_deadline() const noexcept { return env_.queue_deadline; }
  /// What a request is told that has waited for room in vain.
  Error no_room() const { return scheduler_.no_room(); }

  /// No connection outlives its streams from now on, and none is opened for spare.
  void drain();
  /// Nothing is open, on its way or wanted, and nothing refers to it: the pool can be forgotten.
  bool empty() const noexcept { return connections_.empty() && queue_.empty() && users_ == 0; }
  /// It holds nothing but dials that no request waits for any more, to what never was an origin.
  bool is_abandoned() const noexcept {
    return !has_answered() && !kept_for_ever() && users_ == 0 && queue_.empty();
  }
  /// A user holds a reference to this pool; it is not forgotten until all have left.
  void enter() noexcept { ++users_; }
  void leave() noexcept { --users_; }
  TimePoint last_used() const noexcept { return usage_.last_used(); }
  /// Whether it is known to be an origin: one that was connected to by any worker, now or before a
  /// restart.
  bool has_answered() const noexcept { return env_.known().protocol().has_value(); }
  /// Whether it has said that it wants HTTP/1.1 instead of HTTP/2, which it is asked by since.
  bool requires_http1() const { return protocol_.requires_http1(); }

  const origin::Origin& origin() const noexcept { return env_.origin; }
  const config::Timeouts& timeouts() const noexcept { return *env_.context.timeouts; }
  RetryBudget& retry_budget() noexcept { return retry_budget_; }
  observe::OriginMetrics& metrics() noexcept { return env_.metrics; }
  observe::OriginOutcomes& outcomes() noexcept { return env_.outcomes; }
  std::size_t count(PooledConnection::State state) const noexcept {
    return connections_.count(state);
  }
  std::size_t waiting() const noexcept { return queue_.size(); }
  PoolReport report() const;

 private:
  void replace_all(std::uint64_t generation);

  PoolEnvironment env_;
  CheckTimer check_;
  ConnectionSet connections_;
  WaitQueue queue_;
  Usage usage_;
  Suspicion suspicion_;
  Lifetimes lifetimes_;
  ProtocolChoice protocol_;
  PathWatch path_;
  BulkTraffic bulk_;
  Demand demand_;
  AddressShares shares_;
  Placement placement_;
  ConnectionEvents events_;
  DialHistory history_;
  BreakerGate gate_;
  ExclusiveDials exclusive_dials_;
  DialScheduler scheduler_;
  Lender lender_;
  DialTrials trials_;
  Replacement replacement_;
  IdleConnections idle_;
  Maintainer maintainer_;
  ExclusiveConnections exclusive_;
  RetryBudget retry_budget_;
  std::unique_ptr<Hedges> hedges_;  ///< from the first request on that may be hedged
  std::size_t users_ = 0;
};

}  // namespace ccnproxy::pool
