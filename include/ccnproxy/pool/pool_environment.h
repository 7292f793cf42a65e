#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ccnproxy/base/error.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/origin_outcomes.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/path.h"
#include "ccnproxy/pool/event_log.h"
#include "ccnproxy/pool/pool_context.h"

namespace ccnproxy::pool {

/// The surroundings that the parts of one pool share: its origin, the terms in force, its worker,
/// its log and metrics. Owned by the pool, which outlives none of its parts.
struct PoolEnvironment {
  origin::Origin origin;
  std::shared_ptr<const config::Pool> settings;
  Duration queue_deadline{};
  std::shared_ptr<origin::Dialer> dialer;
  PoolContext context;
  EventLog decisions;
  observe::OriginMetrics metrics;
  observe::OriginOutcomes outcomes{};

  TimePoint now() const noexcept { return context.worker->timers.clock().now(); }
  std::uint32_t random() const { return context.worker->random(); }
  ConnectionRoom& room() const noexcept { return *context.worker->room; }
  /// What the process knows of the origin.
  OriginState& known() const noexcept { return context.shared->state(); }
  bool is_far() const noexcept { return origin::is_far(known().rtt()); }
  void decide(std::string text) { decisions.note(now(), std::move(text)); }
  Error no_connection(std::string_view why) const {
    return {ErrorType::connection_limit_reached, Side::us, Phase::queue, Proof::not_sent,
            origin.to_string() + ": " + std::string(why)};
  }
  Error too_many_pending() const {
    return no_connection("too many requests wait for a connection (pool.max_pending is " +
                         std::to_string(settings->max_pending) + ")");
  }
};

}  // namespace ccnproxy::pool
