#include "ccnproxy/proxy/dedicated_connection.h"

namespace ccnproxy::proxy {

DedicatedConnection::DedicatedConnection(EventLoop& loop, pool::OriginPool& pool,
                                         std::unique_ptr<origin::Dialer> dialer,
                                         pool::StreamWaiter& waiter)
    : loop_(loop), pool_(pool), dialer_(std::move(dialer)), waiter_(&waiter) {
  pool_.enter();
  dial_ = dialer_->dial(
      *this, Delegate<void(origin::DialResult)>::to<&DedicatedConnection::on_dialed>(this));
}

DedicatedConnection::~DedicatedConnection() {
  if (!over_) leave_pool();
}

void DedicatedConnection::leave_pool() {
  if (!place_kept_) pool_.give_back_place();
  pool_.leave();
}

void DedicatedConnection::on_dialed(origin::DialResult result) {
  if (over_) return;
  loop_.retire(std::move(dial_));
  if (!result) return refuse(result.error());
  connection_ = std::move(*result);
  if (!waiter_) return connection_->drain("nobody waits any more");
  if (connection_->info().protocol != origin::Protocol::http1) {
    connection_->drain("not HTTP/1.1");
    return refuse({ErrorType::http_upgrade_failed, Side::origin, Phase::tls, Proof::not_sent,
                   pool_.origin().to_string() + ": speaks no HTTP/1.1, which an upgrade needs"});
  }
  lending_ = true;
  std::exchange(waiter_, nullptr)->on_connection(*connection_, observe::WaitResult::dialed);
  lending_ = false;
  if (!over_ && connection_->streams() == 0) connection_->drain("not needed");
}

/// An origin that offers HTTP/2 alone ends the handshake with an alert (RFC 7301 §3.2).
void DedicatedConnection::refuse(Error error) {
  if (error.type == ErrorType::tls_alert_received)
    error.detail += " (an upgrade needs HTTP/1.1, which it may not speak)";
  if (auto* waiter = std::exchange(waiter_, nullptr)) waiter->on_no_connection(std::move(error));
  if (!connection_) end();
}

void DedicatedConnection::forget() {
  waiter_ = nullptr;
  if (!dial_) return;
  loop_.retire(std::move(dial_));  // not now: this turn may hold an event for its socket
  end();
}

/// Its one request is over.
void DedicatedConnection::on_capacity(origin::OriginConnection& connection) {
  if (lending_ || over_) return;
  if (connection.streams() == 0 && !connection.is_draining()) connection.drain("request over");
}

void DedicatedConnection::on_closed(origin::OriginConnection&, std::string_view) { end(); }

void DedicatedConnection::end() {
  if (std::exchange(over_, true)) return;
  leave_pool();
  unlink();
  loop_.retire(std::unique_ptr<Retired>(this));
}

DedicatedConnections::~DedicatedConnections() {
  all_.clear_and_dispose(std::default_delete<DedicatedConnection>());
}

DedicatedConnection* DedicatedConnections::dial(pool::OriginPool& pool,
                                                std::unique_ptr<origin::Dialer> dialer,
                                                pool::StreamWaiter& waiter) {
  if (!pool.take_place()) return nullptr;
  auto* connection = new DedicatedConnection(loop_, pool, std::move(dialer), waiter);
  all_.push_back(*connection);
  return connection;
}

}  // namespace ccnproxy::proxy
