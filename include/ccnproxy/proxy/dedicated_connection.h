#pragma once

#include <memory>
#include <string>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/event_loop.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::proxy {

class DedicatedConnections;

/// An HTTP/1.1 connection that is dialled for one request and carries no other: the request may
/// keep it (Upgrade). It counts for `pool.max_connections`, but is not the pool's.
///
/// Belongs to DedicatedConnections, and ends by itself: when dialling fails, when its request has
/// been answered without taking it, or when nobody wants it any more.
class DedicatedConnection final : public Retired,
                                  private origin::ConnectionListener,
                                  public boost::intrusive::list_base_hook<
                                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  ~DedicatedConnection() override;

  /// The request is gone; its waiter hears nothing more.
  void forget();
  /// The request keeps the connection, and its place in the pool: giving that back is its business.
  void keep_place() noexcept { place_kept_ = true; }

 private:
  friend class DedicatedConnections;
  DedicatedConnection(EventLoop& loop, pool::OriginPool& pool,
                      std::unique_ptr<origin::Dialer> dialer, pool::StreamWaiter& waiter);

  void on_dialed(origin::DialResult result);
  void on_capacity(origin::OriginConnection& connection) override;
  void on_closed(origin::OriginConnection& connection, std::string_view reason) override;
  void refuse(Error error);
  void end();
  void leave_pool();

  EventLoop& loop_;
  pool::OriginPool& pool_;  ///< entered and with a place taken, until this ends
  std::unique_ptr<origin::Dialer> dialer_;
  pool::StreamWaiter* waiter_;
  std::unique_ptr<origin::Dial> dial_;
  std::unique_ptr<origin::OriginConnection> connection_;
  bool place_kept_ = false;
  bool lending_ = false;
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
  /// where the waiter goes before. Null if the pool has all its connections already.
  DedicatedConnection* dial(pool::OriginPool& pool, std::unique_ptr<origin::Dialer> dialer,
                            pool::StreamWaiter& waiter);

 private:
  EventLoop& loop_;
  boost::intrusive::list<DedicatedConnection, boost::intrusive::constant_time_size<false>> all_;
};

}  // namespace ccnproxy::proxy
