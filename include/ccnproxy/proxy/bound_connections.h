#pragma once

#include <memory>
#include <vector>

#include "ccnproxy/base/delegate.h"
#include "ccnproxy/proxy/dedicated_connection.h"

namespace ccnproxy::proxy {

/// The origin connections that are bound to one client connection: it has sent credentials on them
/// that log a connection in (NTLM, Negotiate), so they carry its requests and no other's, to the
/// end of either. At most one an origin, and most_bound_connections in all.
///
/// Belongs to its session, on the worker's thread. Destroying it ends the connections.
class BoundConnections final : private DedicatedOwner {
 public:
  /// `on_end` is called when an origin has ended one of them: the client must not go on as if it
  /// were logged in. This may be destroyed within the call.
  explicit BoundConnections(Delegate<void()> on_end) noexcept : on_end_(on_end) {}
  ~BoundConnections();
  BoundConnections(const BoundConnections&) = delete;
  BoundConnections& operator=(const BoundConnections&) = delete;

  /// The open one to this pool's origin, or null.
  DedicatedConnection* find(const pool::OriginPool& pool) const noexcept;
  std::size_t size() const noexcept { return connections_.size(); }
  bool empty() const noexcept { return connections_.empty(); }

  /// Dials one for `waiter`, see DedicatedConnections::dial.
  Result<DedicatedConnection*> dial(DedicatedConnections& all, pool::OriginPool& pool,
                                    std::unique_ptr<origin::Dialer> dialer,
                                    pool::StreamWaiter& waiter);
  /// Ends the one to this pool's origin, if there is one, before another takes its place: `on_end`
  /// is not called for it.
  void release(const pool::OriginPool& pool);

 private:
  void on_dedicated_end(DedicatedConnection& connection, End how) override;

  Delegate<void()> on_end_;
  std::vector<DedicatedConnection*> connections_;
};

}  // namespace ccnproxy::proxy
