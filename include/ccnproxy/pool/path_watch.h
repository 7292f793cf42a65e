#pragma once

#include <cstddef>

#include "ccnproxy/pool/pool_environment.h"
#include "ccnproxy/pool/pooled_connection.h"

namespace ccnproxy::pool {

/// What a pool learns of the path to a far origin from its connections' counters. On the worker's
/// thread.
class PathWatch {
 public:
  explicit PathWatch(PoolEnvironment& env) : env_(env) {}

  /// Whether requests may have second attempts (config::Hedging): they are on, and the origin is
  /// far.
  bool may_hedge() const noexcept { return env_.context.hedging->enabled && env_.is_far(); }
  /// How many requests should share a connection.
  std::size_t shared_by() const;
  /// Reads its counters, a few times a second. Whether shared_by() has changed.
  bool sample(PooledConnection& c);
  /// An answer on it is late: it is taken to wait for a lost packet.
  void note_overdue(PooledConnection& c);
  /// It has become idle. Whether what it lost makes it slower for the next large body than a new
  /// one.
  bool is_worn(const PooledConnection& c) const;

 private:
  PoolEnvironment& env_;
};

}  // namespace ccnproxy::pool
