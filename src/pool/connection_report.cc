#include "ccnproxy/pool/connection_report.h"

namespace ccnproxy::pool {
namespace {

using State = PooledConnection::State;

std::string_view name_of(State state) {
  switch (state) {
    case State::connecting:
      return "connecting";
    case State::ready:
      return "ready";
    case State::busy:
      return "busy";
    case State::draining:
      return "draining";
    case State::closed:
      break;
  }
  return "closed";
}

}  // namespace

ConnectionReport report_of(const PooledConnection& c, const PlannedEnd& end, TimePoint now) {
  ConnectionReport r;
  r.state = name_of(c.state());
  r.cause = observe::to_string(c.cause);
  r.age = now - c.life.opened;
  if (!c.connection) {
    r.next_action = "dial";
    return r;
  }
  const auto& info = c.connection->info();
  r.serial = info.serial;
  r.protocol = origin::to_string(info.protocol);
  r.address = info.address;
  r.tls_resumed = info.tls_resumed;
  r.tls_group = info.tls_group;
  r.rtt = info.rtt;
  if (c.path_seen != TimePoint()) r.path = c.path;
  r.ping_interval = c.connection->ping_interval();
  r.idle = c.life.in_use ? Duration(0) : now - c.life.last_used;
  r.streams = c.connection->streams();
  r.capacity = c.connection->capacity();
  r.requests = c.connection->requests();
  if (c.state() == State::draining) {
    r.next_action = "close after its last stream";
    r.reason = c.leaving;
    return r;
  }
  if (c.connection->is_suspicious()) r.state = "suspicious";
  if (c.is_leaving()) {
    r.state = "leaving";
    r.next_action = "close when replaced";
    r.reason = c.leaving;
    return r;
  }
  r.next_action = "replace";
  r.reason = end.why;
  r.due = end.at - now;
  return r;
}

}  // namespace ccnproxy::pool
