#include "ccnproxy/pool/connection_events.h"

namespace ccnproxy::pool {

using State = PooledConnection::State;

void ConnectionEvents::on_dialed(PooledConnection& c, origin::DialResult result) {
  const auto& defer_delete = env_.context.worker->defer_delete;
  if (c.state() == State::closed) {  // given up in this very turn
    if (result) defer_delete(std::move(*result));
    return;
  }
  defer_delete(std::move(c.dial));
  if (!result) return on_failed(c, result.error());
  if (env_.context.shares) c.load = shares_.load_of((*result)->info().address);
  c.connection = std::move(*result);
  on_connected(c);
}

void ConnectionEvents::on_failed(PooledConnection& c, const Error& error) {
  if (origin::is_lack_of_descriptors(error)) return scheduler_.on_no_descriptor(c, error);
  connections_.close(c);
  if (error.type == ErrorType::tls_alert_received && protocol_.requires_http1())
    protocol_.forget_requirement();
  trials_.on_dial_failed(c.trial.began, error);
  maintainer_.drain_connections();
}

void ConnectionEvents::on_connected(PooledConnection& c) {
  const auto& info = c.connection->info();
  c.life.opened = c.life.last_used = c.trial.connected = env_.now();
  usage_.note_connection();
  trials_.on_connected();
  maintainer_.catch_up();
  protocol_.note(info.protocol);
  auto& known = env_.known();
  known.note_rtt(info.rtt);
  known.note_certificate_end(info.certificate_end);
  const bool is_http2 = info.protocol == origin::Protocol::http2;
  if (is_http2) known.note_streams_each(c.connection->capacity());
  ++env_.metrics.handshakes[info.tls_resumed ? 1 : 0][static_cast<std::size_t>(c.cause)];
  env_.decide("connected to " + info.address + " (" +
              std::string(origin::to_string(info.protocol)) + ", " +
              std::string(observe::to_string(c.cause)) + (info.tls_resumed ? ", resumed)" : ")"));
  c.lendable_until = lendable_until(c.life, lifetimes_.limits());
  connections_.update(c);
  if (env_.dialer->is_prohibited(info.address))
    connections_.end(c, prohibited_now);
  else if (is_http2 && protocol_.requires_http1())
    protocol_.on_http2_connected(c);
  lender_.serve();
  maintainer_.upkeep();
}

void ConnectionEvents::on_capacity(PooledConnection& c) {
  maintainer_.catch_up();
  const bool in_use = c.connection->streams() > 0;
  const bool is_over = c.life.in_use && !in_use;
  if (is_over) {
    if (path_.is_worn(c)) replacement_.mark(c, "packets that were lost have slowed it down");
    c.life.last_used = env_.now();
    usage_.note_request_end(c.life.last_used);
  }
  c.life.in_use = in_use;
  if (!in_use) c.bulk = 0;
  if (const auto bytes = c.take_mean_answer()) env_.known().note_answers(*bytes);
  scheduler_.stream_limit().note();
  const auto before = c.state();
  connections_.update(c);
  const bool goes = c.state() == State::draining && before != State::draining;
  if (goes) lifetimes_.note_end(c, "told to go away");
  CloseLimits limits;
  if (!in_use) {
    limits = Lifetimes::limits_of(c, lifetimes_.limits());
    c.lendable_until = lendable_until(c.life, limits);
  }
  const bool used_up = !in_use && lifetimes_.end_if_used_up(c);
  const bool judged = trials_.judge(c, c.state() == State::draining && !in_use);
  if (!queue_.empty()) {
    lender_.serve();
    maintainer_.drain_connections();
  }
  const bool is_suspicious = c.connection->is_suspicious();
  if (is_suspicious) suspicion_.raise(c.connection->info().address);
  // What is done for all connections grows with them, and this comes with each answer: not where
  // this one only has room again.
  const bool may_go = (before == State::busy || is_over) && c.is_leaving();
  if (goes || used_up || judged || may_go || is_suspicious) {
    maintainer_.upkeep();
  } else if (!in_use) {
    check_.plan(planned_end(c.life, env_.settings->max_age, limits).at);
  }
  if (c.state() != State::closed && path_.sample(c)) maintainer_.upkeep();
}

void ConnectionEvents::on_closed(PooledConnection& c, std::string_view reason) {
  maintainer_.catch_up();
  c.life.requests = c.connection->requests();
  lifetimes_.note_end(c, reason);
  env_.metrics.closed.add(c.ended_by_us ? c.leaving : reason);
  connections_.close(c);
  trials_.judge(c, true);
  maintainer_.upkeep();
}

void ConnectionEvents::on_http1_required(PooledConnection& c) {
  protocol_.on_http1_required(c);
  maintainer_.upkeep();
}

}  // namespace ccnproxy::pool
