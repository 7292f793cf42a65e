#include "ccnproxy/pool/lifetimes.h"

namespace ccnproxy::pool {

bool Lifetimes::catch_up() {
  if (env_.known().lessons() == lessons_) return false;
  take_lessons();
  const auto learned = limits();
  for (auto& c : connections_.ready()) {
    if (c.is_idle()) c.lendable_until = lendable_until(c.life, limits_of(c, learned));
  }
  return true;
}

void Lifetimes::take_lessons() {
  if (env_.known().lessons() == lessons_) return;
  lessons_ = env_.known().copy_lessons(learned_);
  forget_old();
}

std::size_t Lifetimes::streams_each() const noexcept {
  return std::min<std::size_t>(env_.known().streams_each(), most_requests_);
}

CloseLimits Lifetimes::limits_of(const PooledConnection& c, const CloseLimits& learned) {
  const auto announced = c.connection->announced_limits();
  return tightest(learned, {announced.idle, std::nullopt, std::nullopt, announced.requests});
}

PlannedEnd Lifetimes::end_of(const PooledConnection& c, const CloseLimits& learned) const {
  return planned_end(c.life, env_.settings->max_age, limits_of(c, learned));
}

bool Lifetimes::end_if_used_up(PooledConnection& c) {
  if (!c.is_open()) return false;
  const bool announced = c.connection->announced_limits().requests.has_value();
  if (c.life.requests < most_requests_ && !announced) return false;
  if (!is_used_up(c.life, limits_of(c, limits()))) return false;
  connections_.end(c, "the origin closes after about so many requests");
  return true;
}

void Lifetimes::note_end(PooledConnection& c, std::string_view reason) {
  if (std::exchange(c.end_noted, true) || c.ended_by_us || c.connection->is_given_up()) return;
  const auto now = env_.now();
  const bool in_use = c.connection->streams() > 0 || c.life.in_use;
  const bool cut = in_use && c.state() != PooledConnection::State::draining;
  // That of an outdated one may be another place's.
  if (!c.outdated && !c.connection->is_reproached()) {
    env_.known().note_end({in_use ? Duration(0) : now - c.life.last_used, now - c.life.opened,
                           cut ? c.connection->answers() : c.life.requests, cut},
                          now);
    take_lessons();
  }
  const auto said = c.connection->farewell();
  env_.decide("the origin ended " + c.connection->info().address + ": " +
              std::string(said.empty() ? reason : said));
}

}  // namespace ccnproxy::pool
