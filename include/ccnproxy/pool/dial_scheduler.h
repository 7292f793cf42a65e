#pragma once

#include "ccnproxy/pool/demand.h"
#include "ccnproxy/pool/dial_history.h"
#include "ccnproxy/pool/dial_policy.h"
#include "ccnproxy/pool/exclusive_dials.h"
#include "ccnproxy/pool/stream_limit.h"

namespace ccnproxy::pool {

/// Begins the dials that dials_to_start() and exclusive_dials_to_start() allow, as far as the
/// process has room for their connections. On the worker's thread.
class DialScheduler final : private RoomWaiter {
 public:
  DialScheduler(PoolEnvironment& env, PooledConnection::Owner& owner, ConnectionSet& connections,
                const WaitQueue& queue, ExclusiveDials& exclusive, DialHistory& history,
                const Demand& demand, CheckTimer& check)
      : env_(env),
        owner_(owner),
        connections_(connections),
        queue_(queue),
        exclusive_(exclusive),
        history_(history),
        demand_(demand),
        check_(check),
        streams_(env) {}

  /// In order of arrival: where but one dial may begin, it is for what has waited longest.
  void start();
  DialNeed need();
  /// This machine had no descriptor for the connection: nothing is held against the origin, and
  /// what waits goes on waiting.
  void on_no_descriptor(PooledConnection& c, const Error& error);
  /// An exclusive connection has been made: the origin answers dials.
  void note_answer() noexcept { answers_ = true; }
  /// Whether the process has room for a connection that replaces another.
  bool has_room_to_replace() const noexcept {
    return env_.room().has_room(purpose_of(observe::DialCause::replace));
  }
  /// What a request is told whose time is up.
  Error none_in_time(const StreamWaiter& waiter) const;
  /// What a request is told that has waited for room in vain.
  Error no_room() const;
  StreamLimit& stream_limit() noexcept { return streams_; }

 private:
  enum class Start : std::uint8_t {
    begun,
    at_limit,  ///< pool.max_connections
    no_room,   ///< in the process, for one more connection
  };
  void start_pooled();
  void start_exclusive();
  Start start_one(observe::DialCause cause);
  void plan_next(const DialNeed& need);
  void on_room() override;
  ConnectionBudget::For purpose_of(observe::DialCause cause) const noexcept;
  void wait_for_room(std::size_t connections, observe::DialCause cause);

  PoolEnvironment& env_;
  PooledConnection::Owner& owner_;
  ConnectionSet& connections_;
  const WaitQueue& queue_;
  ExclusiveDials& exclusive_;
  DialHistory& history_;
  const Demand& demand_;
  CheckTimer& check_;
  StreamLimit streams_;
  std::optional<TimePoint> no_room_at_;  ///< a request had to wait for room then
  bool answers_ = false;                 ///< an exclusive connection has been made
};

}  // namespace ccnproxy::pool
