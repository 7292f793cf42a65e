// What a pool tells those who ask why it is as it is.

#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {
namespace {

std::string_view name_of(PooledConnection::State state) {
  using State = PooledConnection::State;
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

std::string why_not_kept(Duration unused) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(unused).count();
  return "the origin ends a connection that has had no request after " + std::to_string(ms) +
         " ms: it would be dialled again and again for none";
}

}  // namespace

ConnectionReport OriginPool::report_of(const PooledConnection& c, TimePoint now) const {
  ConnectionReport r;
  r.state = name_of(c.state_);
  r.cause = observe::to_string(c.cause_);
  r.age = now - c.life_.opened;
  if (!c.connection_) {
    r.next_action = "dial";
    return r;
  }
  const auto& info = c.connection_->info();
  r.serial = info.serial;
  r.protocol = origin::to_string(info.protocol);
  r.address = info.address;
  r.tls_resumed = info.tls_resumed;
  r.tls_group = info.tls_group;
  r.rtt = info.rtt;
  if (c.path_seen_ != TimePoint()) r.path = c.path_;
  r.ping_interval = c.connection_->ping_interval();
  r.idle = c.life_.in_use ? Duration(0) : now - c.life_.last_used;
  r.streams = c.connection_->streams();
  r.capacity = c.connection_->capacity();
  r.requests = c.connection_->requests();
  if (c.state_ == State::draining) {
    r.next_action = "close after its last stream";
    r.reason = c.leaving_;
    return r;
  }
  if (c.connection_->is_suspicious()) r.state = "suspicious";
  if (!c.leaving_.empty()) {
    r.state = "leaving";
    r.next_action = "close when replaced";
    r.reason = c.leaving_;
    return r;
  }
  const auto end = planned_end(c.life_, settings_->max_age, limits_of(c, learned_.limits(now)));
  r.next_action = "replace";
  r.reason = end.why;
  r.due = end.at - now;
  return r;
}

PoolReport OriginPool::report() const {
  const auto moment = now();
  PoolReport r;
  r.worker = context_.worker->index;
  r.origin = origin_.to_string();
  if (const auto protocol = known().protocol()) r.protocol = origin::to_string(*protocol);
  const auto learned = known().limits(moment);
  const bool is_worth_it = is_worth_keeping_ready(learned.unused);
  r.kept_warm = keep_ready() && is_worth_it;
  r.warm_for_ever = for_ever_;
  r.wanted = wanted_ahead();
  r.waiting = waiters_.size();
  r.peak = peak_.value(moment);
  r.last_used = moment - last_used_;
  if (back_off_.holds(moment)) r.next_dial = back_off_.next() - moment;
  if (back_off_.failing()) {
    r.failed_dials = back_off_.failures();
    r.dials_failing_for = moment - back_off_.since();
  }
  if (trouble_) r.last_failure = trouble_->last_failure;
  r.learned = {learned.idle, learned.age, learned.requests, learned.unused};
  r.path = {known().measured_rtt(), known().measured_loss(moment)};
  if (keep_ready() && !is_worth_it) r.not_kept_ready = why_not_kept(*learned.unused);
  for (const auto& connections : lists_) {
    for (const auto& c : connections) r.connections.push_back(report_of(c, moment));
  }
  for (const auto& c : exclusive_) r.connections.push_back(c.report(moment));
  decisions_.for_each([&](const auto& d) { r.decisions.push_back({moment - d.at, d.text}); });
  r.metrics = metrics_;
  r.outcomes = outcomes_.at(moment);
  return r;
}

}  // namespace ccnproxy::pool
