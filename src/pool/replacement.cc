#include "ccnproxy/pool/replacement.h"

namespace ccnproxy::pool {
namespace {

using State = PooledConnection::State;

constexpr Duration dns_every = std::chrono::seconds(5);

}  // namespace

void Replacement::mark(PooledConnection& c, std::string_view why) {
  c.leaving = why;
  env_.decide("to be replaced, " + c.connection->info().address + ": " + std::string(why));
}

void Replacement::mark_due(TimePoint now) {
  const bool ask_dns = now - dns_checked_ >= dns_every;
  if (ask_dns) dns_checked_ = now;
  lifetimes_.forget_old();
  const auto learned = lifetimes_.limits();
  connections_.for_each_open([&](auto& c) {
    if (c.is_leaving()) return;
    const auto end = lifetimes_.end_of(c, learned);
    if (end.at <= now)
      mark(c, end.why);
    else if (ask_dns && env_.dialer->is_withdrawn(c.connection->info().address))
      mark(c, "DNS does not name its address any more");
  });
}

/// Where `max_connections` or the process leaves no room for a replacement beside them, they go
/// first.
void Replacement::end_replaced() {
  const bool replaced = connections_.staying() >= demand_.wanted_ahead();
  const auto all = connections_.count(State::ready) + connections_.count(State::busy) +
                   connections_.count(State::connecting);
  const auto most = env_.settings->max_connections;
  const bool no_room = (most > 0 && all >= most) || !scheduler_.has_room_to_replace();
  if (!replaced && !no_room) return;
  connections_.for_each_open([&](auto& c) {
    if (c.is_leaving() && (replaced || !c.life.in_use)) connections_.end(c, c.leaving);
  });
}

/// Dials under way would bring what is not wanted any more; requests that wait get others.
void Replacement::outdate() {
  auto& dialing = connections_.list(State::connecting);
  while (!dialing.empty()) {
    auto& c = dialing.front();
    env_.context.worker->defer_delete(std::move(c.dial));
    connections_.close(c);
  }
  connections_.for_each_open([](auto& c) {
    c.outdated = true;
    if (!c.is_leaving()) c.leaving = configuration_changed;
  });
  outdated_until_ = env_.now() + env_.queue_deadline;
}

void Replacement::end_outdated(TimePoint now) {
  if (!outdated_until_ || now < *outdated_until_) return;
  outdated_until_.reset();
  connections_.for_each_open([this](auto& c) {
    if (c.outdated) connections_.end(c, configuration_changed);
  });
}

void Replacement::end_prohibited() {
  connections_.for_each_open([this](auto& c) {
    if (env_.dialer->is_prohibited(c.connection->info().address))
      connections_.end(c, prohibited_now);
  });
}

void Replacement::plan_checks(TimePoint now) {
  if (outdated_until_) check_.plan(*outdated_until_);
  if (!connections_.any_open()) return;
  check_.plan(now + dns_every);
  const auto learned = lifetimes_.limits();
  connections_.for_each_open([&](const auto& c) {
    if (!c.is_leaving()) check_.plan(std::max(now, lifetimes_.end_of(c, learned).at));
  });
}

}  // namespace ccnproxy::pool
