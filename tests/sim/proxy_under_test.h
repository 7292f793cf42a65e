#pragma once

#include "ccnproxy/base/clock.h"

#include "sim/books.h"

namespace ccnproxy::sim {

/// What a client asks. The same for every policy that a trace is played to.
struct Demand {
  Duration service{};      ///< what the origin takes
  bool idempotent = true;  ///< may be sent twice (docs/retry-rules.md)
  bool counts = true;      ///< not the first of all to its origin
};

/// One origin's connections under some policy.
class ProxyUnderTest {
 public:
  virtual ~ProxyUnderTest() = default;
  virtual void ask(const Demand& demand) = 0;
  /// The trace is over: ends what stays open.
  virtual void stop() = 0;
  /// Nothing is open, on its way, waiting or counted any more.
  virtual bool empty() const = 0;
};

}  // namespace ccnproxy::sim
