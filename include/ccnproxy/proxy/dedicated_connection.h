#pragma once

#include <memory>
#include <string>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/pool/exclusive_connection.h"
#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::proxy {

class DedicatedConnection;
class DedicatedConnections;

/// The owner of dedicated connections that carry more than one request. Called on the worker's
/// thread.
class DedicatedOwner {
 public:
  enum class End : std::uint8_t {
    not_connected,  ///< dialling failed, or was given up: it never was a connection
    taken,          ///< it became a tunnel
    closed,
  };
  /// It is the owner's no more, and may be gone when this returns.
  virtual void on_dedicated_end(DedicatedConnection& connection, End how) = 0;

 protected:
  ~DedicatedOwner() = default;
};

/// A connection to an origin that is dialled for one client and carries requests of no other: one
/// request that may keep it (Upgrade), or all of its owner's (a login, see BoundConnections). It
/// counts for `pool.max_connections`, but is never lent by the pool. Speaks HTTP/1.1; with an owner
/// also HTTP/2, where the origin speaks nothing else. Waits for leave to dial
/// (ExclusiveConnections::want_dial) and for room in the process's ConnectionBudget, for as long as
/// a request may wait in the pool's queue.
///
/// Belongs to DedicatedConnections, and ends by itself: when dialling fails, when the origin ends
/// it, when its owner releases it, and without an owner when its one request has been answered or
/// given up.
class DedicatedConnection final : public DeferredDelete,
                                  public pool::ExclusiveConnection,
                                  private origin::ConnectionListener,
                                  private pool::RoomWaiter,
                                  public boost::intrusive::list_base_hook<
                                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  ~DedicatedConnection() override;

  /// The request is gone; its waiter hears nothing more.
  void forget();
  /// The request keeps the connection, and its place in the pool: giving that back is its business.
  ConnectionLease keep_place();

  /// Carries one more request of the owner's client. Only where it is open and carries none. That
  /// it may be under suspicion does not matter: no other connection could serve the request.
  void lend(pool::StreamWaiter& waiter);
  /// Connected, and takes requests.
  bool is_open() const noexcept {
    return connection_ && !over_ && !last_request_ && !connection_->is_draining();
  }
  bool leads_to(const pool::OriginPool& pool) const noexcept { return &pool_ == &pool; }
  /// The owner has gone or wants it no more, and hears nothing of it.
  void release(std::string_view why);

 private:
  friend class DedicatedConnections;
  using Hook =
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  DedicatedConnection(EventLoop& loop, pool::OriginPool& pool,
                      std::unique_ptr<origin::Dialer> dialer, pool::StreamWaiter& waiter,
                      DedicatedOwner* owner);

  // pool::ExclusiveConnection
  pool::ConnectionReport report(TimePoint now) const override;
  std::string_view peer_address() const override;
  void end_after_request(std::string_view why) override;
  bool begin_dial() override;
  void on_no_dial(Error error) override { refuse(std::move(error)); }
  const origin::OriginConnection* origin_connection() const override { return connection_.get(); }
  bool ended_by_us() const override { return drained_; }

  void on_room() override { pool_.exclusive().want_dial(*this); }
  void wait_for_room();
  void on_late();
  void on_dialed(origin::DialResult result);
  bool is_http1_refused(const Error& error) const noexcept;
  void on_http1_refused();
  void dial_any_protocol();
  void drain(std::string_view why);
  void on_connected();
  void on_capacity(origin::OriginConnection& connection) override;
  void on_closed(origin::OriginConnection& connection, std::string_view reason) override;
  void refuse(Error error);
  void leave_owner(DedicatedOwner::End how);
  void end(DedicatedOwner::End how);
  void leave_pool();

  EventLoop& loop_;
  pool::OriginPool& pool_;  ///< entered and with a place taken, until this ends
  std::unique_ptr<origin::Dialer> http1_dialer_;
  std::shared_ptr<origin::Dialer> any_dialer_;  ///< the pool's; null until it is needed
  pool::StreamWaiter* waiter_;
  DedicatedOwner* owner_;
  ConnectionLease lease_;
  Timer late_timer_;  ///< while it waits for leave to dial, or for room
  std::unique_ptr<origin::Dial> dial_;
  std::unique_ptr<origin::OriginConnection> connection_;
  TimePoint began_;      ///< dialling, then the connection
  TimePoint last_used_;  ///< when its last request was over
  bool place_kept_ = false;
  bool lending_ = false;
  bool last_request_ = false;  ///< it ends with the request in flight
  bool drained_ = false;       ///< by us
  bool over_ = false;
};

/// Those of one worker. Destroyed after the exchanges and before the pools.
class DedicatedConnections {
 public:
  explicit DedicatedConnections(EventLoop& loop) : loop_(loop) {}
  ~DedicatedConnections();
  DedicatedConnections(const DedicatedConnections&) = delete;
  DedicatedConnections& operator=(const DedicatedConnections&) = delete;

  /// Dials one for `waiter`, which hears of it as it would of a pool, later; it is told to forget()
  /// where the waiter goes before. An error if the pool has all its connections already, or tunnels
  /// all that the process lets them have, if too many requests wait already, or if the origin is
  /// known to refuse what an upgrade needs.
  Result<DedicatedConnection*> dial(pool::OriginPool& pool, std::unique_ptr<origin::Dialer> dialer,
                                    pool::StreamWaiter& waiter, DedicatedOwner* owner = nullptr);

 private:
  EventLoop& loop_;
  boost::intrusive::list<DedicatedConnection, boost::intrusive::constant_time_size<false>> all_;
};

}  // namespace ccnproxy::proxy
