#include "ccnproxy/proxy/bound_connections.h"

#include <algorithm>

namespace ccnproxy::proxy {

BoundConnections::~BoundConnections() {
  for (auto* c : connections_) c->release("its client connection has ended");
}

DedicatedConnection* BoundConnections::find(const pool::OriginPool& pool) const noexcept {
  for (auto* c : connections_) {
    if (c->leads_to(pool) && c->is_open()) return c;
  }
  return nullptr;
}

Result<DedicatedConnection*> BoundConnections::dial(DedicatedConnections& all,
                                                    pool::OriginPool& pool,
                                                    std::unique_ptr<origin::Dialer> dialer,
                                                    pool::StreamWaiter& waiter) {
  auto dialed = all.dial(pool, std::move(dialer), waiter, this);
  if (dialed) connections_.push_back(*dialed);
  return dialed;
}

void BoundConnections::release(const pool::OriginPool& pool) {
  std::erase_if(connections_, [&](auto* c) {
    if (!c->leads_to(pool)) return false;
    c->release("another takes its place");
    return true;
  });
}

void BoundConnections::on_dedicated_end(DedicatedConnection& connection, End how) {
  std::erase(connections_, &connection);
  if (how == End::closed) on_end_();
}

}  // namespace ccnproxy::proxy
