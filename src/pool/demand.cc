#include "ccnproxy/pool/demand.h"

#include "ccnproxy/pool/placement_policy.h"

namespace ccnproxy::pool {

/// Not an origin that has never answered: a name mistyped once is no reason to go on dialling,
/// unless requests are refused until it is found out that it is back. Nor one of which only other
/// workers have had requests: a quiet origin lives on one of them.
bool Demand::keep_ready() const {
  if (!usage_.may_keep()) return false;
  if (usage_.kept_for_ever()) return true;
  const bool is_known = env_.known().protocol() || !env_.context.shared->breaker().is_closed();
  return usage_.used_here() && is_known && (env_.now() < kept_until() || in_use() > 0);
}

std::size_t Demand::in_use() const {
  const auto waiting = queue_.size();
  if (protocol_.spoken() == origin::Protocol::http1)
    return waiting + connections_.count(PooledConnection::State::busy);
  return waiting + connections_.streams();
}

std::size_t Demand::wanted() const {
  const auto learned = lifetimes_.limits();
  const auto idle = learned.idle && learned.unused ? std::min(learned.idle, learned.unused)
                    : learned.idle                 ? learned.idle
                                                   : learned.unused;
  const auto& known = env_.known();
  const Readiness readiness{keep_ready(),
                            known.protocol(),
                            in_use(),
                            peak(),
                            streams_each(),
                            burst_streams(known.mean_answer()),
                            idle ? std::optional(safe_part(*idle)) : std::nullopt,
                            env_.is_far(),
                            !learned.requests && any_unproven(),
                            env_.context.shares ? address_need() : AddressNeed{},
                            path_.shared_by(),
                            bulk_.wanted(),
                            env_.context.hedging->enabled};
  return connections_wanted(readiness, *env_.settings);
}

AddressNeed Demand::address_need() const {
  const auto addresses = env_.dialer->addresses();
  return {addresses.known, addresses.unused, connections_.staying()};
}

bool Demand::any_unproven() const {
  return connections_.count_open([](const auto& c) {
    return c.life.requests >= unproven_after && !c.connection->announced_limits().requests;
  }) > 0;
}

}  // namespace ccnproxy::pool
