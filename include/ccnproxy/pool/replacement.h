#pragma once

#include <optional>
#include <string_view>

#include "ccnproxy/pool/dial_scheduler.h"

namespace ccnproxy::pool {

inline constexpr std::string_view prohibited_now = "its address may not be connected to any more";
inline constexpr std::string_view configuration_changed = "the configuration has changed";

/// Replaces connections that will go before they go: their age, the origin's limits, DNS, another
/// configuration. On the worker's thread.
class Replacement {
 public:
  Replacement(PoolEnvironment& env, ConnectionSet& connections, const Demand& demand,
              Lifetimes& lifetimes, const DialScheduler& scheduler, CheckTimer& check)
      : env_(env),
        connections_(connections),
        demand_(demand),
        lifetimes_(lifetimes),
        scheduler_(scheduler),
        check_(check),
        dns_checked_(env.now()) {}

  /// It will be replaced.
  void mark(PooledConnection& c, std::string_view why);
  /// All whose time has come.
  void mark_due(TimePoint now);
  /// Ends the connections that are to go, as soon as others are there in their place.
  void end_replaced();
  /// Those that there are were made by settings that do not hold any more: they serve until others
  /// stand in their place, but no longer than a dial may take. Dials under way are given up.
  void outdate();
  void end_outdated(TimePoint now);
  /// Those to addresses that may not be connected to any more.
  void end_prohibited();
  /// When it has something to do although nothing happens.
  void plan_checks(TimePoint now);

 private:
  PoolEnvironment& env_;
  ConnectionSet& connections_;
  const Demand& demand_;
  Lifetimes& lifetimes_;
  const DialScheduler& scheduler_;
  CheckTimer& check_;
  TimePoint dns_checked_;
  std::optional<TimePoint> outdated_until_;  ///< outdated connections serve no longer than that
};

}  // namespace ccnproxy::pool
