#pragma once

#include "ccnproxy/pool/connection_set.h"
#include "ccnproxy/pool/pool_environment.h"
#include "ccnproxy/pool/protocol_choice.h"
#include "ccnproxy/pool/recent_peak.h"
#include "ccnproxy/pool/wait_queue.h"

namespace ccnproxy::pool {

/// The large bodies of one pool, which go on connections of their own over a far path
/// (`tcp.bulk_connections`). On the worker's thread.
class BulkTraffic {
 public:
  BulkTraffic(PoolEnvironment& env, ConnectionSet& connections, const WaitQueue& queue,
              const ProtocolChoice& protocol)
      : env_(env),
        connections_(connections),
        queue_(queue),
        protocol_(protocol),
        peak_(env.now(), env.settings->keep_warm) {}

  void set_hold(Duration hold) noexcept { peak_.set_hold(hold); }
  /// Until when a large body may wait for a connection of its own; not at all where so many have
  /// one.
  TimePoint may_wait_until() const;
  /// Connections that large bodies need, now or at the recent peak.
  std::size_t wanted() const;
  /// Requests that wait for a connection of their own.
  std::size_t waiting_apart() const;
  /// Takes note of the bodies that there are. Whether that is more than the peak so far.
  bool note_demand();
  /// A request or response on this connection has turned out to be large. Whether it matters.
  bool note(std::uint64_t serial);

 private:
  bool keeps_apart() const;
  std::size_t bodies() const;

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  const WaitQueue& queue_;
  const ProtocolChoice& protocol_;
  mutable RecentPeak peak_;
};

}  // namespace ccnproxy::pool
