#pragma once

#include "ccnproxy/pool/address_shares.h"
#include "ccnproxy/pool/connection_set.h"
#include "ccnproxy/pool/path_watch.h"
#include "ccnproxy/pool/placement_policy.h"
#include "ccnproxy/pool/stream_waiter.h"
#include "ccnproxy/pool/suspicion.h"

namespace ccnproxy::pool {

/// Finds the connection that a request takes, among those that are ready. On the worker's thread.
class Placement {
 public:
  Placement(const PoolEnvironment& env, ConnectionSet& connections, const Suspicion& suspicion,
            const PathWatch& path, AddressShares& shares)
      : env_(env), connections_(connections), suspicion_(suspicion), path_(path), shares_(shares) {}

  /// Null if there is none that it may take now.
  PooledConnection* find(const StreamNeed& need) {
    return need.waits_apart(env_.now()) ? find_apart(need.avoid) : find_ready(need.avoid);
  }
  /// Whatever its body. `avoid` is a connection's serial, or 0.
  PooledConnection* find_ready(std::uint64_t avoid);
  /// What its window has received counts from now if it was idle for long.
  static void begin_request(PooledConnection& c, TimePoint now);

 private:
  PooledConnection* find_apart(std::uint64_t avoid);
  PooledConnection* find_share(std::uint64_t avoid);
  PlacementFacts facts_of(const PooledConnection& c) const;
  bool stays(const PooledConnection& c) const { return !c.is_leaving() && !suspicion_.covers(c); }

  const PoolEnvironment& env_;
  ConnectionSet& connections_;
  const Suspicion& suspicion_;
  const PathWatch& path_;
  AddressShares& shares_;
};

}  // namespace ccnproxy::pool
