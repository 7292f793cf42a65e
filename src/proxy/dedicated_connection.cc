#include "ccnproxy/proxy/dedicated_connection.h"

namespace ccnproxy::proxy {
namespace {

constexpr std::string_view with_its_client = "close with its client";
constexpr std::string_view after_its_request = "close after its request";

}  // namespace

DedicatedConnection::DedicatedConnection(EventLoop& loop, pool::OriginPool& pool,
                                         std::unique_ptr<origin::Dialer> dialer,
                                         pool::StreamWaiter& waiter, DedicatedOwner* owner)
    : loop_(loop),
      pool_(pool),
      http1_dialer_(std::move(dialer)),
      waiter_(&waiter),
      owner_(owner),
      late_timer_(loop.timers(), Delegate<void()>::to<&DedicatedConnection::on_late>(this)),
      began_(loop.now()),
      last_used_(began_) {
  pool_.enter();
  pool_.exclusive().add(*this);
  late_timer_.set_after(pool_.queue_deadline());
  pool_.exclusive().want_dial(*this);
}

/// Logins count as tunnels do: either may hold its connection for hours.
bool DedicatedConnection::begin_dial() {
  if (!any_dialer_ && pool_.exclusive().expects_http1_refusal()) {
    if (!owner_) {  // it has been refused to another while this waited
      late_timer_.set_after(Duration(0));
      return false;
    }
    any_dialer_ = pool_.dialer();
  }
  if (!lease_) lease_ = pool_.room().take(ConnectionBudget::For::tunnel);
  if (!lease_) {
    wait_for_room();
    return false;
  }
  if (!any_dialer_) pool_.exclusive().on_http1_asked();
  dial_ = (any_dialer_ ? *any_dialer_ : *http1_dialer_)
              .dial(*this,
                    Delegate<void(origin::DialResult)>::to<&DedicatedConnection::on_dialed>(this));
  return true;
}

void DedicatedConnection::wait_for_room() {
  pool_.room().want(*this, 1, ConnectionBudget::For::request);
}

void DedicatedConnection::on_late() {
  if (waits_for_room()) return refuse(pool_.no_room());
  if (waits_for_dial()) return refuse(pool_.exclusive().no_dial());
  if (!dial_ && !connection_) refuse(pool_.exclusive().http1_refused());
}

DedicatedConnection::~DedicatedConnection() {
  if (!over_) leave_pool();
}

void DedicatedConnection::leave_pool() {
  leave_list();
  pool_.exclusive().leave_dials(*this);
  if (!place_kept_) pool_.exclusive().give_back_place();
  pool_.leave();
}

void DedicatedConnection::on_dialed(origin::DialResult result) {
  if (over_) return;
  loop_.defer_delete(std::move(dial_));
  if (!result && origin::is_lack_of_descriptors(result.error()) && waiter_) {
    lease_.reset();
    pool_.exclusive().on_put_off(*this);
    pool_.room().note_exhausted();
    return wait_for_room();
  }
  if (!result && is_http1_refused(result.error())) {
    on_http1_refused();
    if (owner_) return dial_any_protocol();
    pool_.exclusive().leave_dials(*this);
  } else if (!result) {
    pool_.exclusive().on_failed(*this, result.error());
  }
  late_timer_.cancel();
  if (!result) return refuse(result.error());
  connection_ = std::move(*result);
  on_connected();
}

bool DedicatedConnection::is_http1_refused(const Error& error) const noexcept {
  return !any_dialer_ && error.type == ErrorType::tls_alert_received;
}

/// The origin may be well otherwise: its other dials go on.
void DedicatedConnection::on_http1_refused() {
  ++pool_.metrics().failed_dials;
  pool_.exclusive().on_http1_refused();
}

/// A login does without HTTP/1.1 where the origin has none: over HTTP/2 an origin judges each
/// request by its own credentials, and the connection is the client's alone all the same.
void DedicatedConnection::dial_any_protocol() {
  any_dialer_ = pool_.dialer();
  pool_.exclusive().leave_dials(*this);
  pool_.exclusive().want_dial(*this);
}

void DedicatedConnection::on_connected() {
  const auto& info = connection_->info();
  began_ = last_used_ = loop_.now();
  ++pool_.metrics().handshakes[info.tls_resumed ? 1 : 0]
                              [static_cast<std::size_t>(observe::DialCause::request)];
  pool_.exclusive().on_connected(*this);
  const bool is_http1 = info.protocol == origin::Protocol::http1;
  if (is_http1 && !any_dialer_) pool_.exclusive().on_http1_spoken();
  if (!waiter_) return drain("its request was given up");
  if (!owner_ && !is_http1) {
    pool_.exclusive().on_http1_refused();
    drain("not HTTP/1.1");
    return refuse({ErrorType::http_upgrade_failed, Side::origin, Phase::tls, Proof::not_sent,
                   pool_.origin().to_string() + ": speaks no HTTP/1.1, which an upgrade needs"});
  }
  lending_ = true;
  std::exchange(waiter_, nullptr)->on_connection(*connection_, observe::WaitResult::dialed);
  lending_ = false;
  if (!over_ && connection_->streams() == 0 && (!owner_ || last_request_)) drain("not needed");
}

void DedicatedConnection::lend(pool::StreamWaiter& waiter) {
  lending_ = true;
  waiter.on_connection(*connection_, observe::WaitResult::ready);
  lending_ = false;
}

/// An origin that offers HTTP/2 alone ends the handshake with an alert (RFC 7301 §3.2).
void DedicatedConnection::refuse(Error error) {
  if (error.type == ErrorType::tls_alert_received && !owner_)
    error.detail += " (an upgrade needs HTTP/1.1, which it may not speak)";
  leave_owner(DedicatedOwner::End::not_connected);
  if (auto* waiter = std::exchange(waiter_, nullptr)) waiter->on_no_connection(std::move(error));
  if (!connection_) end(DedicatedOwner::End::not_connected);
}

void DedicatedConnection::forget() {
  waiter_ = nullptr;
  if (connection_ || over_) return;
  if (dial_)
    loop_.defer_delete(std::move(dial_));  // not now: this turn may hold an event for its socket
  end(DedicatedOwner::End::not_connected);
}

ConnectionLease DedicatedConnection::keep_place() {
  place_kept_ = true;
  pool_.exclusive().on_switched(*this);
  auto lease = std::move(lease_);
  leave_owner(DedicatedOwner::End::taken);
  return lease;
}

void DedicatedConnection::release(std::string_view why) {
  owner_ = nullptr;
  if (connection_ && !over_) return drain(why);
  forget();
}

pool::ConnectionReport DedicatedConnection::report(TimePoint now) const {
  pool::ConnectionReport r;
  r.state = connection_ ? "bound" : "connecting";
  r.cause = observe::to_string(observe::DialCause::request);
  r.age = now - began_;
  r.next_action = owner_ && !last_request_ ? with_its_client : after_its_request;
  r.reason = owner_ ? "a client's login (NTLM, Negotiate)" : "an upgrade";
  if (!connection_) return r;
  const auto& info = connection_->info();
  r.serial = info.serial;
  r.protocol = origin::to_string(info.protocol);
  r.address = info.address;
  r.tls_resumed = info.tls_resumed;
  r.tls_group = info.tls_group;
  r.rtt = info.rtt;
  r.streams = connection_->streams();
  r.requests = connection_->requests();
  r.idle = r.streams > 0 ? Duration(0) : now - last_used_;
  return r;
}

std::string_view DedicatedConnection::peer_address() const {
  return connection_ ? std::string_view(connection_->info().address) : std::string_view();
}

/// Not of an upgrade: its one request, or the tunnel, is let run to its end.
void DedicatedConnection::end_after_request(std::string_view why) {
  if (!owner_ || over_) return;
  last_request_ = true;
  if (connection_) drain(why);
}

void DedicatedConnection::drain(std::string_view why) {
  if (!connection_->is_draining()) drained_ = true;
  connection_->drain(why);
}

/// A request is over.
void DedicatedConnection::on_capacity(origin::OriginConnection& connection) {
  if (over_) return;
  pool_.exclusive().on_change(*this);
  if (lending_ || connection.streams() > 0) return;
  last_used_ = loop_.now();
  if (!owner_ && !connection.is_draining()) drain("request over");
}

void DedicatedConnection::on_closed(origin::OriginConnection&, std::string_view reason) {
  pool_.metrics().closed.add(reason);
  pool_.exclusive().on_closed(*this);
  end(DedicatedOwner::End::closed);
}

void DedicatedConnection::leave_owner(DedicatedOwner::End how) {
  if (auto* owner = std::exchange(owner_, nullptr)) owner->on_dedicated_end(*this, how);
}

void DedicatedConnection::end(DedicatedOwner::End how) {
  if (std::exchange(over_, true)) return;
  late_timer_.cancel();
  stop_waiting_for_room();
  leave_pool();
  Hook::unlink();
  loop_.defer_delete(std::unique_ptr<DeferredDelete>(this));
  leave_owner(how);
}

DedicatedConnections::~DedicatedConnections() {
  all_.clear_and_dispose(std::default_delete<DedicatedConnection>());
}

Result<DedicatedConnection*> DedicatedConnections::dial(pool::OriginPool& pool,
                                                        std::unique_ptr<origin::Dialer> dialer,
                                                        pool::StreamWaiter& waiter,
                                                        DedicatedOwner* owner) {
  if (!owner && pool.exclusive().expects_http1_refusal()) return pool.exclusive().http1_refused();
  if (auto full = pool.exclusive().no_wait_for_dial()) return std::move(*full);
  if (pool.room().budget()->is_full_of_tunnels() || !pool.exclusive().take_place())
    return pool.exclusive().no_place(owner ? "a login of this client alone" : "a tunnel");
  auto* connection = new DedicatedConnection(loop_, pool, std::move(dialer), waiter, owner);
  all_.push_back(*connection);
  return connection;
}

}  // namespace ccnproxy::proxy
