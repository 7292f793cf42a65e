#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "ccnproxy/pool/connection_set.h"
#include "ccnproxy/pool/learned_limits.h"
#include "ccnproxy/pool/pool_environment.h"

namespace ccnproxy::pool {

/// When a pool's connections are to end, by what the process has learnt of the origin's limits and
/// what each connection was told. Reads a copy of the lessons, so that a request takes no lock. On
/// the worker's thread.
class Lifetimes {
 public:
  Lifetimes(PoolEnvironment& env, ConnectionSet& connections)
      : env_(env), connections_(connections) {
    take_lessons();
  }

  /// What another worker has learnt holds for the connections here. Whether there was something.
  bool catch_up();
  void take_lessons();
  /// What was learnt is forgotten as time passes.
  void forget_old() { most_requests_ = limits().requests.value_or(no_limit); }
  CloseLimits limits() const { return learned_.limits(env_.now()); }
  /// Requests that a connection carries before its origin ends it.
  std::uint64_t most_requests() const noexcept { return most_requests_; }
  /// Streams that a new HTTP/2 connection is good for.
  std::size_t streams_each() const noexcept;

  /// `learned`: of limits(), together with what its origin told it.
  static CloseLimits limits_of(const PooledConnection& c, const CloseLimits& learned);
  PlannedEnd end_of(const PooledConnection& c, const CloseLimits& learned) const;
  /// Ends it if one more request on it would only be lost. Whether it did.
  bool end_if_used_up(PooledConnection& c);
  /// The origin ended the connection, or has begun to: takes note of what is to be learnt from it.
  void note_end(PooledConnection& c, std::string_view reason);

 private:
  static constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  LearnedLimits learned_;
  std::uint32_t lessons_ = 0;  ///< OriginState::lessons() of that copy
  std::uint64_t most_requests_ = no_limit;
};

}  // namespace ccnproxy::pool
