#pragma once

#include <cstddef>

#include "ccnproxy/pool/bulk_traffic.h"
#include "ccnproxy/pool/lifetimes.h"
#include "ccnproxy/pool/path_watch.h"
#include "ccnproxy/pool/readiness_policy.h"
#include "ccnproxy/pool/recent_peak.h"
#include "ccnproxy/pool/usage.h"

namespace ccnproxy::pool {

/// How many connections a pool is to have open (connections_wanted()), by what the origin is like
/// and how it is used. On the worker's thread.
class Demand {
 public:
  Demand(const PoolEnvironment& env, const ConnectionSet& connections, const WaitQueue& queue,
         const Usage& usage, const Lifetimes& lifetimes, const ProtocolChoice& protocol,
         const PathWatch& path, const BulkTraffic& bulk)
      : env_(env),
        connections_(connections),
        queue_(queue),
        usage_(usage),
        lifetimes_(lifetimes),
        protocol_(protocol),
        path_(path),
        bulk_(bulk),
        peak_(env.now(), env.settings->keep_warm) {}

  void set_hold(Duration hold) noexcept { peak_.set_hold(hold); }
  /// Takes note of the requests that there are. Whether that is more than the peak so far.
  bool note() { return note(in_use()); }
  bool note(std::size_t at_once) { return peak_.note(at_once, env_.now()); }
  std::size_t peak() const { return peak_.value(env_.now()); }

  TimePoint kept_until() const { return usage_.kept_until(env_.settings->keep_warm); }
  bool keep_ready() const;
  /// Requests in flight or waiting.
  std::size_t in_use() const;
  /// Connections. Those that are open stay, even where others are not made ahead of need.
  std::size_t wanted() const;
  std::size_t wanted_ahead() const { return is_worth_keeping() ? wanted() : 0; }
  bool kept_for_ever() const noexcept { return usage_.kept_for_ever(); }
  /// Streams that a new HTTP/2 connection is good for.
  std::size_t streams_each() const noexcept { return lifetimes_.streams_each(); }
  /// Requests that wait for a connection without other large bodies.
  std::size_t waiting_apart() const { return bulk_.waiting_apart(); }

 private:
  bool is_worth_keeping() const { return is_worth_keeping_ready(lifetimes_.limits().unused); }
  AddressNeed address_need() const;
  bool any_unproven() const;

  const PoolEnvironment& env_;
  const ConnectionSet& connections_;
  const WaitQueue& queue_;
  const Usage& usage_;
  const Lifetimes& lifetimes_;
  const ProtocolChoice& protocol_;
  const PathWatch& path_;
  const BulkTraffic& bulk_;
  mutable RecentPeak peak_;
};

}  // namespace ccnproxy::pool
