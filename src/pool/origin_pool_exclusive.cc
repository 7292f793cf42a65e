// Connections to a pool's origin that belong to one client each: their places, and what a reload
// means for them.

#include "ccnproxy/pool/origin_pool.h"

#include "origin_pool_reasons.h"

namespace ccnproxy::pool {
namespace {

constexpr std::string_view place_needed =
    "a client needs a connection of its own (pool.max_connections)";

}  // namespace

bool OriginPool::take_place() {
  auto& shared = *context_.shared;
  const auto worker = context_.worker->index;
  const auto most = settings_->max_connections;
  return shared.take_connection(worker, most) ||
         (end_idle_for_place() && shared.take_connection(worker, most));
}

/// The one that has been ready longest without a request: one that is kept ahead of need must not
/// keep a client from its login.
bool OriginPool::end_idle_for_place() {
  auto& ready = list(State::ready);
  for (auto it = ready.rbegin(); it != ready.rend(); ++it) {
    if (it->life_.in_use || it->connection_->streams() > 0) continue;
    end_connection(*it, place_needed);
    return true;
  }
  return false;
}

void OriginPool::end_exclusive(bool replace) {
  for (auto it = exclusive_.begin(); it != exclusive_.end();) {
    auto& c = *it++;  // its end may be told at once
    const auto address = c.peer_address();
    if (!address.empty() && dialer_->is_prohibited(std::string(address)))
      c.end_after_request(prohibited_now);
    else if (barred_)
      c.end_after_request("the configuration allows the origin no more");
    else if (replace)
      c.end_after_request(configuration_changed);
  }
}

}  // namespace ccnproxy::pool
