#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/timer.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/origin_outcomes.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/pool/address_load.h"
#include "ccnproxy/pool/back_off.h"
#include "ccnproxy/pool/connection_room.h"
#include "ccnproxy/pool/decision_log.h"
#include "ccnproxy/pool/dial_budget.h"
#include "ccnproxy/pool/dial_policy.h"
#include "ccnproxy/pool/exclusive_connection.h"
#include "ccnproxy/pool/hedges.h"
#include "ccnproxy/pool/http1_refusals.h"
#include "ccnproxy/pool/learned_limits.h"
#include "ccnproxy/pool/origin_memory.h"
#include "ccnproxy/pool/placement_policy.h"
#include "ccnproxy/pool/pool_directory.h"
#include "ccnproxy/pool/pool_report.h"
#include "ccnproxy/pool/pooled_connection.h"
#include "ccnproxy/pool/readiness_policy.h"
#include "ccnproxy/pool/recent_peak.h"
#include "ccnproxy/pool/retry_budget.h"
#include "ccnproxy/pool/stream_waiter.h"

namespace ccnproxy::pool {

/// What the pools of one worker share.
struct PoolWorker {
  TimerWheel& timers;
  std::function<void(std::unique_ptr<Retired>)> retire;  ///< destroys it between turns
  std::function<std::uint32_t()> random;
  std::size_t index = 0;  ///< which of the workers it is
  /// Dials of all these pools that are under way.
  std::shared_ptr<std::size_t> dials = std::make_shared<std::size_t>(0);
  /// For connections to origins, see ConnectionBudget; without a bound if none is given.
  std::shared_ptr<ConnectionRoom> room = std::make_shared<ConnectionRoom>(timers);
};

/// What a pool needs from its worker.
struct PoolContext {
  std::shared_ptr<const PoolWorker> worker;
  /// What holds for this origin, for those who use its streams.
  std::shared_ptr<const config::Timeouts> timeouts = std::make_shared<const config::Timeouts>();
  std::shared_ptr<const config::Tcp> tcp = std::make_shared<const config::Tcp>();
  /// What the workers know of this origin together, and read through to; one of its own if none is
  /// given.
  std::shared_ptr<SharedOrigin> shared = std::make_shared<SharedOrigin>(1);
  /// Each address of the origin is to get its share of the requests, and so a connection: those of
  /// an `upstream` are servers of their own. Else any of them is as good as the others.
  bool shares = false;
  std::shared_ptr<const config::Hedging> hedging = std::make_shared<const config::Hedging>();
};

/// What holds for a pool; changes while it lives (a reload of the configuration).
struct PoolTerms {
  std::shared_ptr<const config::Pool> settings;
  std::shared_ptr<const config::Timeouts> timeouts;  ///< for those who use its streams
  Duration queue_deadline{};
  /// Dials from now on. Null: the one that it has, whose connections are as good as before.
  std::shared_ptr<origin::Dialer> dialer = nullptr;
  std::shared_ptr<const config::Tcp> tcp = std::make_shared<const config::Tcp>();
  /// Connections made so far would be made differently now (TLS, another place): others take their
  /// place, and soon.
  bool replace = false;
  /// The origin may not be asked for any more; who has been admitted is still served.
  bool barred = false;
  /// Of the configuration: the workers that adopt the same one forget what is learnt but once.
  std::uint64_t generation = 1;
  std::shared_ptr<const config::Hedging> hedging = std::make_shared<const config::Hedging>();
};

/// The connections of one worker to one origin: lends streams, and holds as many connections ready
/// as the next requests will need.
///
/// A request takes a stream of a ready connection at once. Otherwise it waits in order of arrival,
/// and whichever connection has room first serves it: a waiter is not tied to the dial it caused.
/// Whether anybody waits or not, the pool keeps to connections_wanted(): it dials ahead of need,
/// replaces connections before they go (their age, GOAWAY, what it learnt of the origin's limits,
/// DNS), backs off while the origin fails, and lets go what is not needed any more. All of that is
/// decided by pure functions beside this class (docs/pool-policy.md).
///
/// Works on abstract connections and a clock; knows no socket. Lives on one thread; must not be
/// destroyed while streams are open or from within its own calls.
class OriginPool final : private RoomWaiter {
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
  // Second attempts (config::Hedging).
  /// Whether requests may have them: they are on, and the origin is far.
  bool may_hedge() const { return context_.hedging->enabled && is_far(); }
  /// A request that may have one has been sent. After how long its answer is late; nothing while
  /// that is not known.
  std::optional<Duration> late_answer();
  /// An answer began so long after its request was sent, or is still awaited then.
  void note_answer_time(Duration time);
  /// Lends `waiter` a connection that stands ready, other than `avoid`, for a second attempt. Not
  /// where there is none, or the budget is spent.
  void hedge(StreamWaiter& waiter, std::uint64_t avoid);
  void note_hedge(bool won) { ++metrics_.hedges[won ? 1 : 0]; }
  /// Another worker that serves a new request sooner than this one would: it has a connection
  /// ready, or it has all that `max_connections` allows. Asked before acquire().
  std::optional<std::size_t> better_worker();

  /// A place for an ExclusiveConnection or a tunnel under max_connections, an idle connection's if
  /// there is no other; give back each that was taken.
  bool take_place();
  /// What is told where there is none for `what`, and why.
  Error no_place(std::string_view what) const;
  void give_back_place() noexcept { context_.shared->give_back_connection(context_.worker->index); }
  /// Why no dial of an ExclusiveConnection may be waited for now: `pool.max_pending` do already.
  std::optional<Error> no_wait_for_dial();
  /// Shows it in report(), and tells it to end when it must; until it leaves the list.
  void add_exclusive(ExclusiveConnection& connection) { exclusive_.push_back(connection); }
  /// Its begin_dial() is called as soon as one more dial to the origin may begin: now or later, in
  /// order of arrival with the requests that wait. Asked for again for a second dial, or when
  /// begin_dial() had to wait. How long it waits is its own business.
  void want_dial(ExclusiveConnection& connection);
  // What came of its dial: the pool's own dials and those that wait are the wiser for it. Told
  // before the client hears of it.
  void on_exclusive_failed(ExclusiveConnection& connection, const Error& error);
  void on_exclusive_connected(ExclusiveConnection& connection);
  /// It may have got an answer, or been told to go.
  void on_exclusive_change(ExclusiveConnection& connection);
  void on_exclusive_closed(ExclusiveConnection& connection);
  /// This machine had no descriptor for it: it will ask again.
  void on_exclusive_put_off(ExclusiveConnection& connection);
  /// The origin has switched protocols: it is a tunnel.
  void on_exclusive_switched(ExclusiveConnection& connection);
  /// Its dial or its wait is over without a verdict, or it has ended.
  void leave_dials(ExclusiveConnection& connection);
  /// What is told a request that waited for leave to dial in vain.
  Error no_dial() const;

  /// Whether a connection that offers HTTP/1.1 alone would be refused, as the last ones were.
  bool expects_http1_refusal() const { return http1_refusals_.expects_refusal(now()); }
  void on_http1_asked() { http1_refusals_.on_asked(now(), context_.worker->random()); }
  void on_http1_refused();
  void on_http1_spoken() { http1_refusals_.on_spoken(); }
  Error http1_refused() const;
  /// What dials now. For connections of clients' own; outlives those that it made.
  const std::shared_ptr<origin::Dialer>& dialer() const noexcept { return dialer_; }

  /// Goes on under other terms. Connections live on, unless nothing may be connected to their
  /// address any more: then they take no new streams. Those that are to be replaced go when others
  /// stand in their place, but no later than a dial may take: settings that do not work are seen,
  /// and those before them do not live on unseen. Not from within its own calls.
  void adopt(PoolTerms terms);
  bool is_barred() const noexcept { return barred_; }

  /// Ready from now on, whatever the traffic.
  void keep_for_ever();
  void keep_as_used();
  bool kept_for_ever() const noexcept { return for_ever_; }
  /// Takes up where a former process left off.
  void recall(const OriginMemory& memory, Duration last_used_ago);
  OriginMemory memory() const;
  bool remembered() const noexcept { return remembered_; }
  /// Whether it has connections to keep or to get back: an origin that once answered and is in use,
  /// even if it is down now.
  bool is_kept() const { return settings_->min_ready > 0 && keep_ready(); }
  /// Whether a connection is open.
  bool is_ready() const noexcept;
  /// Ends what is idle and keeps nothing ready until the next request: there are too many origins.
  void give_up();

  /// An idle connection that can go where room is short. Good until the end of the turn.
  struct Spare {
    TimePoint idle_since;
    OriginPool* pool;
    PooledConnection* connection;
  };
  /// Adds its idle connections beyond `min_ready`.
  void list_spare(std::vector<Spare>& spare);
  /// Ends this one if it is still idle. Whether it was.
  bool let_go(PooledConnection& c);
  /// Ends what is idle, to make room for other origins. How many that were.
  std::size_t let_go_of_idle();
  /// Where all pools of the worker take room for their connections.
  ConnectionRoom& room() const noexcept { return *context_.worker->room; }
  Duration queue_deadline() const noexcept { return queue_deadline_; }
  /// What a request is told that has waited for room in vain.
  Error no_room() const;

  /// No connection outlives its streams from now on, and none is opened for spare.
  void drain();
  /// Nothing is open, on its way or wanted, and nobody refers to it: the pool can be forgotten.
  bool empty() const noexcept;
  /// It holds nothing but dials that nobody waits for any more, to what never was an origin.
  bool is_abandoned() const noexcept {
    return !has_answered() && !for_ever_ && users_ == 0 && waiters_.empty();
  }
  /// Who holds a reference to this pool; it is not forgotten until they have left.
  void enter() noexcept { ++users_; }
  void leave() noexcept { --users_; }
  TimePoint last_used() const noexcept { return last_used_; }
  /// Whether it is known to be an origin: one that was connected to by any worker, now or before a
  /// restart.
  bool has_answered() const noexcept { return known().protocol().has_value(); }
  /// Whether it has said that it wants HTTP/1.1 instead of HTTP/2, which it is asked by since.
  bool requires_http1() const;

  const origin::Origin& origin() const noexcept { return origin_; }
  const config::Timeouts& timeouts() const noexcept { return *context_.timeouts; }
  RetryBudget& retry_budget() noexcept { return retry_budget_; }
  observe::OriginMetrics& metrics() noexcept { return metrics_; }
  observe::OriginOutcomes& outcomes() noexcept { return outcomes_; }
  std::size_t count(PooledConnection::State state) const noexcept;
  std::size_t waiting() const noexcept { return waiters_.size(); }
  PoolReport report() const;

 private:
  friend class PooledConnection;
  using State = PooledConnection::State;
  using Connections = boost::intrusive::list<PooledConnection>;
  using Waiters = boost::intrusive::list<StreamWaiter, boost::intrusive::constant_time_size<false>>;

  // Lending.
  PooledConnection* find_ready(std::uint64_t avoid);
  PlacementFacts facts_of(const PooledConnection& c) const;
  std::shared_ptr<AddressLoad> load_of(const std::string& address) const;
  void count_loads();
  PooledConnection* find_share(std::uint64_t avoid);
  bool is_last_of_address(const PooledConnection& c) const;
  void place(PooledConnection& c, StreamWaiter& waiter, observe::WaitResult found);
  void lend(PooledConnection& c, StreamWaiter& waiter, observe::WaitResult found);
  PooledConnection* find_place(const StreamWaiter& waiter);
  void wait(StreamWaiter& waiter);
  void serve_waiters();
  void fail_waiters(const Error& error, TimePoint dial_began);
  void expire_waiters(TimePoint now);
  Error no_connection(std::string_view why) const;
  Error too_many_pending() const;

  // Large bodies, and a path that loses packets (origin_pool_path.cc).
  bool is_far() const { return origin::is_far(known().rtt()); }
  void note_overdue(std::uint64_t serial);
  std::size_t shared_by() const;
  bool keeps_bulk_apart() const;
  PooledConnection* find_apart(std::uint64_t avoid);
  std::size_t carrying_bulk() const;
  std::size_t bulk_bodies() const;
  std::size_t waiting_apart() const;
  bool waits_apart(const StreamWaiter& waiter) const { return now() < waiter.apart_until_; }
  TimePoint may_wait_until() const;
  void share_at_last(TimePoint now);
  std::size_t bulk_wanted() const;
  void sample_path(PooledConnection& c);
  void note_wear(PooledConnection& c);

  // What connections tell.
  void on_dialed(PooledConnection& c, origin::DialResult result);
  void on_connected(PooledConnection& c);
  void on_capacity(PooledConnection& c);
  void on_closed(PooledConnection& c, std::string_view reason);
  void on_http1_required(const PooledConnection& c);
  bool uses_http2() const noexcept;
  void leave_http2();
  void forget_http1_requirement();
  void recall_http1(std::chrono::system_clock::time_point until);
  std::optional<std::chrono::system_clock::time_point> http1_until() const;
  void note_end(PooledConnection& c, std::string_view reason);
  bool judge(PooledConnection& c, bool gone);
  bool judge(ExclusiveConnection& c, bool gone);
  bool judge(DialTrial& trial, const origin::OriginConnection& connection, bool by_origin,
             bool gone);
  bool settle(DialTrial& trial, const std::string& address, Verdict verdict, bool answered);
  void judge_all();
  std::size_t on_trial() const;
  void on_trial_failed(TimePoint began, const std::string& address);
  void on_failed_dial(TimePoint began, const Error& error);
  void note_failure(TimePoint began, const Error& error);
  bool end_if_used_up(PooledConnection& c);
  void note_answers(PooledConnection& c);

  // What the process knows.
  OriginState& known() const noexcept { return context_.shared->state(); }
  void catch_up();
  void take_lessons();
  void note_streams();
  void tell_streams();

  // Upkeep.
  TimePoint now() const noexcept { return context_.worker->timers.clock().now(); }
  TimePoint kept_until() const;
  bool keep_ready() const;
  std::size_t in_use() const;
  std::size_t staying() const;
  AddressNeed address_need() const;
  bool any_unproven() const;
  std::size_t wanted() const;
  bool is_worth_keeping() const;
  std::size_t wanted_ahead() const { return is_worth_keeping() ? wanted() : 0; }
  void note_demand();
  void note_bulk_demand();
  void upkeep();
  void review();
  void doubt_others_to(const std::string& address);
  bool is_doubted(const PooledConnection& c) const;
  DialNeed dial_need();
  void start_dials();
  void start_pooled_dials();
  void start_exclusive_dials();
  void fail_exclusive(const Error& error, TimePoint dial_began);
  void put_on(ExclusiveDials& list, ExclusiveConnection& c, ExclusiveConnection::DialPhase phase);
  void plan_check_of_exclusive();
  enum class DialStart : std::uint8_t {
    begun,
    at_limit,  ///< pool.max_connections
    no_room,   ///< in the process, for one more connection
  };
  DialStart start_dial(observe::DialCause cause);
  void on_room() override;
  ConnectionBudget::For purpose_of(observe::DialCause cause) const noexcept;
  void wait_for_room(std::size_t connections, observe::DialCause cause);
  void on_no_descriptor(PooledConnection& c, const Error& error);
  Error none_in_time(const StreamWaiter& waiter) const;
  static bool is_idle(const PooledConnection& c);
  void plan_next_dial(const DialNeed& need);
  void replace_leaving();
  void mark_leaving(TimePoint now);
  void let_go_of_surplus(TimePoint now);
  TimePoint surplus_until(const PooledConnection& c) const;
  bool is_surplus(const PooledConnection& c, TimePoint now) const;
  static CloseLimits limits_of(const PooledConnection& c, const CloseLimits& learned);
  void end_connection(PooledConnection& c, std::string_view why);
  std::vector<PooledConnection*> open_connections();
  void outdate_connections(std::uint64_t generation);
  void end_prohibited();
  void end_outdated(TimePoint now);
  bool end_idle_for_place();
  void end_exclusive(bool replace);
  void drain_connections();
  void check();
  void plan_check(TimePoint at);
  void plan_next_check(TimePoint now);

  void transition(PooledConnection& c, State to);
  State state_of(const PooledConnection& c) const;
  Connections& list(State state) { return lists_[static_cast<std::size_t>(state)]; }
  const Connections& list(State state) const { return lists_[static_cast<std::size_t>(state)]; }
  ConnectionReport report_of(const PooledConnection& c, TimePoint now) const;
  void decide(std::string text) { decisions_.note(now(), std::move(text)); }

  origin::Origin origin_;
  std::shared_ptr<const config::Pool> settings_;
  Duration queue_deadline_;
  std::shared_ptr<origin::Dialer> dialer_;
  PoolContext context_;
  Timer check_timer_;
  std::array<Connections, 4> lists_;  ///< by State; closed ones are on none
  ExclusiveConnections exclusive_;
  ExclusiveDials exclusive_waiting_;
  ExclusiveDials exclusive_dialing_;
  ExclusiveDials exclusive_on_trial_;
  Waiters waiters_;
  RetryBudget retry_budget_;
  std::unique_ptr<Hedges> hedges_;  ///< from the first request on that may be hedged
  mutable RecentPeak peak_;
  mutable RecentPeak bulk_peak_;  ///< of connections that carry large bodies
  BackOff back_off_;
  DialBudget budget_;
  Http1Refusals http1_refusals_;
  DecisionLog decisions_;
  observe::OriginMetrics metrics_;
  observe::OriginOutcomes outcomes_;
  /// What most origins never have.
  struct Trouble {
    std::string last_failure;
    std::string doubted;  ///< an address (ip:port) to which a connection is suspicious
  };
  Trouble& trouble();
  std::unique_ptr<Trouble> trouble_;
  LearnedLimits learned_;  ///< a copy of what the process has learnt, by those lessons
  std::uint32_t lessons_ = 0;
  std::uint32_t streams_told_ = origin::streams_before_settings;  ///< what the dialer knows of them
  std::optional<origin::Protocol> spoken_;  ///< by the last connection of this pool
  bool turned_unproven_ = false;  ///< a connection has just carried `unproven_after` requests
  std::uint64_t most_requests_ = UINT64_MAX;  ///< of learned_: a connection carries no more
  std::uint64_t shared_out_ = 0;  ///< requests that were lent a connection, where addresses share
  TimePoint last_used_;
  TimePoint dns_checked_;
  std::size_t users_ = 0;
  std::optional<TimePoint> no_room_at_;      ///< a request had to wait for room then
  std::optional<TimePoint> outdated_until_;  ///< outdated connections serve no longer than that
  bool for_ever_ = false;
  /// It was asked for a connection, or has made one: else the origin is other workers', and what
  /// they know of it is no reason to keep connections ready here.
  bool used_here_ = false;
  bool answers_exclusive_ = false;  ///< an ExclusiveConnection has been connected
  bool remembered_ = false;         ///< from before a restart, and to be ready for that
  bool given_up_ = false;
  bool barred_ = false;
  bool draining_ = false;
  bool serving_ = false;
};

}  // namespace ccnproxy::pool
