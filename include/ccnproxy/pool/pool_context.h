#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "ccnproxy/config/config.h"
#include "ccnproxy/net/timer.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/pool/connection_room.h"
#include "ccnproxy/pool/pool_directory.h"

namespace ccnproxy::pool {

/// What the pools of one worker share.
struct PoolWorker {
  TimerWheel& timers;
  std::function<void(std::unique_ptr<DeferredDelete>)> defer_delete;  ///< destroys it between turns
  std::function<std::uint32_t()> random;
  std::size_t index = 0;  ///< which of the workers it is
  /// Dials of all these pools that are under way. ConnectionSet counts them.
  std::shared_ptr<std::size_t> dials = std::make_shared<std::size_t>(0);
  /// For connections to origins, see ConnectionBudget; without a bound if none is given.
  std::shared_ptr<ConnectionRoom> room = std::make_shared<ConnectionRoom>(timers);
};

/// What a pool needs from its worker.
struct PoolContext {
  std::shared_ptr<const PoolWorker> worker;
  /// What holds for this origin, for users of its streams.
  std::shared_ptr<const config::Timeouts> timeouts = std::make_shared<const config::Timeouts>();
  std::shared_ptr<const config::Tcp> tcp = std::make_shared<const config::Tcp>();
  /// What the workers know of this origin together, and read through to; one of its own if none is
  /// given.
  std::shared_ptr<SharedOrigin> shared = std::make_shared<SharedOrigin>(1);
  /// Each address of the origin is to get its share of the requests, and so a connection: those of
  /// an `upstream` are servers of their own. Else any of them is as good as the others.
  bool shares = false;
  std::shared_ptr<const config::Hedging> hedging = std::make_shared<const config::Hedging>();
  std::shared_ptr<const config::Breaker> breaker = std::make_shared<const config::Breaker>();
};

/// What holds for a pool; changes while it lives (a reload of the configuration).
struct PoolTerms {
  std::shared_ptr<const config::Pool> settings;
  std::shared_ptr<const config::Timeouts> timeouts;  ///< for users of its streams
  Duration queue_deadline{};
  /// Dials from now on. Null: the one that it has, whose connections are as good as before.
  std::shared_ptr<origin::Dialer> dialer = nullptr;
  std::shared_ptr<const config::Tcp> tcp = std::make_shared<const config::Tcp>();
  /// Connections made so far would be made differently now (TLS, another place): others take their
  /// place, and soon.
  bool replace = false;
  /// The origin may not be asked for any more; requests that were admitted are still served.
  bool barred = false;
  /// Of the configuration: the workers that adopt the same one forget what is learnt but once.
  std::uint64_t generation = 1;
  std::shared_ptr<const config::Hedging> hedging = std::make_shared<const config::Hedging>();
  std::shared_ptr<const config::Breaker> breaker = std::make_shared<const config::Breaker>();
};

}  // namespace ccnproxy::pool
