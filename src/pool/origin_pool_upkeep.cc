// How a pool keeps its connections ready: what it learns from them, when it replaces and lets go.
// When it dials is in origin_pool_dials.cc.

#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/pool/readiness_policy.h"
#include "ccnproxy/pool/trial_policy.h"

#include "origin_pool_reasons.h"

namespace ccnproxy::pool {
namespace {

constexpr Duration dns_every = std::chrono::seconds(5);
/// A connection beyond what is wanted stays so long after its last use: bursts come in pairs.
constexpr Duration surplus_stays = std::chrono::seconds(30);
/// The mean answer is brought up to date after so many, or when the connection is idle.
constexpr std::uint64_t answers_at_once = 16;

}  // namespace

void PooledConnection::on_dialed(origin::DialResult result) {
  if (state_ != State::closed) return pool_.on_dialed(*this, std::move(result));
  if (result) pool_.context_.worker->retire(std::move(*result));  // given up in this very turn
}
void PooledConnection::on_capacity(origin::OriginConnection&) {
  if (state_ != State::closed) pool_.on_capacity(*this);
}
void PooledConnection::on_closed(origin::OriginConnection&, std::string_view reason) {
  if (state_ != State::closed) pool_.on_closed(*this, reason);
}

void OriginPool::recall(const OriginMemory& memory, Duration last_used_ago) {
  if (memory.http1_until && !known().protocol()) recall_http1(*memory.http1_until);
  known().recall(memory, now());
  take_lessons();
  peak_.note(memory.peak, now());
  used_here_ = true;
  last_used_ = now() - last_used_ago;
  remembered_ = is_kept();
  decide("remembered from before the restart");
  upkeep();
}

OriginMemory OriginPool::memory() const {
  OriginMemory memory;
  memory.origin = origin_;
  memory.protocol = known().protocol();
  memory.stream_limit = static_cast<std::uint32_t>(known().streams_each());
  memory.peak = peak_.value(now());
  memory.limits = known().limits(now());
  memory.rtt = known().measured_rtt();
  memory.loss = known().measured_loss(now()).value_or(0);
  memory.http1_until = http1_until();
  memory.last_used =
      std::chrono::system_clock::now() -
      std::chrono::duration_cast<std::chrono::system_clock::duration>(now() - last_used_);
  return memory;
}

/// A little longer than asked for, so that who comes back after exactly that time is served too.
TimePoint OriginPool::kept_until() const {
  return last_used_ + settings_->keep_warm + settings_->keep_warm / 16;
}

/// Not an origin that has never answered: a name mistyped once is no reason to go on dialling. Nor
/// one of which only other workers have had requests: a quiet origin lives on one of them.
bool OriginPool::keep_ready() const {
  if (draining_ || given_up_ || barred_) return false;
  if (for_ever_) return true;
  return used_here_ && has_answered() && (now() < kept_until() || in_use() > 0);
}

std::size_t OriginPool::in_use() const {
  std::size_t sum = waiters_.size();
  if (spoken_ == origin::Protocol::http1) return sum + list(State::busy).size();
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state)) sum += c.connection_->streams();
  }
  return sum;
}

/// Connections that are there to stay: open, trusted, and not about to be replaced.
std::size_t OriginPool::staying() const {
  std::size_t n = 0;
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state))
      n += c.leaving_.empty() && !c.connection_->is_suspicious() ? 1 : 0;
  }
  return n;
}

std::size_t OriginPool::wanted() const {
  const auto learned = learned_.limits(now());
  const auto idle = learned.idle && learned.unused ? std::min(learned.idle, learned.unused)
                    : learned.idle                 ? learned.idle
                                                   : learned.unused;
  const Readiness readiness{keep_ready(),
                            known().protocol(),
                            in_use(),
                            peak_.value(now()),
                            std::min<std::size_t>(known().streams_each(), most_requests_),
                            burst_streams(known().mean_answer()),
                            idle ? std::optional(safe_part(*idle)) : std::nullopt,
                            origin::is_far(known().rtt()),
                            !learned.requests && any_unproven(),
                            context_.shares ? address_need() : AddressNeed{},
                            shared_by(),
                            bulk_wanted(),
                            context_.hedging->enabled};
  return connections_wanted(readiness, *settings_);
}

/// Whether connections are made ahead of need. Those that there are stay, whatever it says.
bool OriginPool::is_worth_keeping() const {
  return is_worth_keeping_ready(learned_.limits(now()).unused);
}

AddressNeed OriginPool::address_need() const {
  const auto addresses = dialer_->addresses();
  return {addresses.known, addresses.unused, staying()};
}

bool OriginPool::any_unproven() const {
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state)) {
      if (c.life_.requests >= unproven_after && !c.connection_->announced_limits().requests)
        return true;
    }
  }
  return false;
}

/// After each request that was placed or waits.
void OriginPool::note_demand() {
  const bool one_more_unproven = std::exchange(turned_unproven_, false);
  const bool rises = peak_.note(in_use(), now());
  if (rises || one_more_unproven) upkeep();
  if (!check_timer_.armed()) plan_check(kept_until());
}

void OriginPool::upkeep() {
  catch_up();
  start_dials();
  replace_leaving();
  plan_next_check(now());
}

void OriginPool::on_connected(PooledConnection& c) {
  const auto& info = c.connection_->info();
  c.life_.opened = c.life_.last_used = c.trial_.connected = now();
  used_here_ = true;
  catch_up();
  spoken_ = info.protocol;
  known().note_protocol(info.protocol);
  known().note_rtt(info.rtt);
  if (info.protocol == origin::Protocol::http2)
    known().note_streams_each(c.connection_->capacity());
  ++metrics_.handshakes[info.tls_resumed ? 1 : 0][static_cast<std::size_t>(c.cause_)];
  decide("connected to " + info.address + " (" + std::string(origin::to_string(info.protocol)) +
         ", " + std::string(observe::to_string(c.cause_)) +
         (info.tls_resumed ? ", resumed)" : ")"));
  c.lendable_until_ = lendable_until(c.life_, learned_.limits(now()));
  transition(c, state_of(c));
  if (dialer_->is_prohibited(info.address)) {
    end_connection(c, prohibited_now);
  } else if (info.protocol == origin::Protocol::http2 && requires_http1()) {
    info.http1_offered ? leave_http2() : forget_http1_requirement();
  }
  serve_waiters();
  upkeep();
}

void OriginPool::on_capacity(PooledConnection& c) {
  catch_up();
  const bool in_use = c.connection_->streams() > 0;
  const bool is_over = c.life_.in_use && !in_use;
  if (is_over) {
    note_wear(c);
    last_used_ = c.life_.last_used = now();
  }
  c.life_.in_use = in_use;
  if (!in_use) c.bulk_ = 0;
  note_answers(c);
  note_streams();
  const auto before = c.state_;
  transition(c, state_of(c));
  const bool goes = c.state_ == State::draining && before != State::draining;
  if (goes) note_end(c, "told to go away");
  CloseLimits limits;
  if (!in_use) {
    limits = limits_of(c, learned_.limits(now()));
    c.lendable_until_ = lendable_until(c.life_, limits);
  }
  const bool used_up = !in_use && end_if_used_up(c);
  const bool judged = judge(c, c.state_ == State::draining && !in_use);
  if (!waiters_.empty()) serve_waiters();
  if (c.connection_->is_suspicious()) doubt_others_to(c.connection_->info().address);
  // What is done for all connections grows with them, and this comes with each answer: not where
  // this one only has room again.
  const bool may_go = (before == State::busy || is_over) && !c.leaving_.empty();
  if (goes || used_up || judged || may_go || c.connection_->is_suspicious()) {
    upkeep();
  } else if (!in_use) {
    plan_check(planned_end(c.life_, settings_->max_age, limits).at);
  }
  if (c.state_ != State::closed) sample_path(c);
}

void OriginPool::on_closed(PooledConnection& c, std::string_view reason) {
  catch_up();
  c.life_.requests = c.connection_->requests();
  note_end(c, reason);
  metrics_.closed.add(c.ended_by_us_ ? c.leaving_ : reason);
  transition(c, State::closed);
  judge(c, true);
  upkeep();
  if (draining_) drain_connections();
}

/// The origin ended the connection, or has begun to: what is to be learnt from it.
void OriginPool::note_end(PooledConnection& c, std::string_view reason) {
  if (std::exchange(c.end_noted_, true) || c.ended_by_us_ || c.connection_->is_given_up()) return;
  const auto moment = now();
  const bool in_use = c.connection_->streams() > 0 || c.life_.in_use;
  const bool cut = in_use && c.state_ != State::draining;
  // That of an outdated one may be another place's.
  if (!c.outdated_ && !c.connection_->is_reproached()) {
    known().note_end({in_use ? Duration(0) : moment - c.life_.last_used, moment - c.life_.opened,
                      cut ? c.connection_->answers() : c.life_.requests, cut},
                     moment);
    take_lessons();
  }
  const auto said = c.connection_->farewell();
  decide("the origin ended " + c.connection_->info().address + ": " +
         std::string(said.empty() ? reason : said));
}

/// One more request on it would only be lost.
bool OriginPool::end_if_used_up(PooledConnection& c) {
  if (c.state_ != State::ready && c.state_ != State::busy) return false;
  const bool announced = c.connection_->announced_limits().requests.has_value();
  if (c.life_.requests < most_requests_ && !announced) return false;
  if (!is_used_up(c.life_, limits_of(c, learned_.limits(now())))) return false;
  end_connection(c, "the origin closes after about so many requests");
  return true;
}

void OriginPool::note_answers(PooledConnection& c) {
  const auto requests = c.connection_->requests() - c.counted_requests_;
  if (requests == 0 || (c.life_.in_use && requests < answers_at_once)) return;
  const auto bytes = c.connection_->received_bytes() - c.counted_bytes_;
  c.counted_requests_ += requests;
  c.counted_bytes_ += bytes;
  const auto each = std::min<std::uint64_t>(bytes / requests, 64 * 1024);
  known().note_answers(each);
}

CloseLimits OriginPool::limits_of(const PooledConnection& c, const CloseLimits& learned) {
  const auto announced = c.connection_->announced_limits();
  return tightest(learned, {announced.idle, std::nullopt, std::nullopt, announced.requests});
}

void OriginPool::mark_leaving(TimePoint now) {
  const bool ask_dns = now - dns_checked_ >= dns_every;
  if (ask_dns) dns_checked_ = now;
  const auto learned = learned_.limits(now);
  most_requests_ = learned.requests.value_or(UINT64_MAX);
  for (const auto state : {State::ready, State::busy}) {
    for (auto& c : list(state)) {
      if (!c.leaving_.empty()) continue;
      const auto end = planned_end(c.life_, settings_->max_age, limits_of(c, learned));
      if (end.at <= now) {
        c.leaving_ = end.why;
      } else if (ask_dns && dialer_->is_withdrawn(c.connection_->info().address)) {
        c.leaving_ = "DNS does not name its address any more";
      } else {
        continue;
      }
      decide("to be replaced, " + c.connection_->info().address + ": " + std::string(c.leaving_));
    }
  }
}

/// Ends the connections that are to go, as soon as others are there in their place. Where
/// `max_connections` or the process leaves no room for a replacement beside them, they go first.
void OriginPool::replace_leaving() {
  const bool replaced = staying() >= wanted_ahead();
  const auto all = count(State::ready) + count(State::busy) + count(State::connecting);
  const bool no_room = (settings_->max_connections > 0 && all >= settings_->max_connections) ||
                       !room().has_room(purpose_of(observe::DialCause::replace));
  if (!replaced && !no_room) return;
  for (const auto state : {State::ready, State::busy}) {
    for (auto it = list(state).begin(); it != list(state).end();) {
      auto& c = *it++;
      if (!c.leaving_.empty() && (replaced || !c.life_.in_use)) end_connection(c, c.leaving_);
    }
  }
}

/// When an idle connection goes if there are more than are wanted.
TimePoint OriginPool::surplus_until(const PooledConnection& c) const {
  const bool ahead = settings_->min_ready > 0;
  return c.life_.last_used +
         (ahead ? std::min(settings_->keep_warm, surplus_stays) : settings_->keep_warm);
}

bool OriginPool::is_surplus(const PooledConnection& c, TimePoint now) const {
  if (c.life_.in_use || c.connection_->streams() > 0) return false;
  return !keep_ready() || now >= surplus_until(c);
}

/// From the one that was ready first: requests go to the latest.
void OriginPool::let_go_of_surplus(TimePoint now) {
  auto there = staying();
  const auto needed = wanted();
  for (auto it = list(State::ready).end(); it != list(State::ready).begin() && there > needed;) {
    auto& c = *--it;
    if (!c.leaving_.empty() || !is_surplus(c, now)) continue;
    if (context_.shares && keep_ready() && is_last_of_address(c)) continue;
    ++it;
    end_connection(c, keep_ready() ? "not needed" : "idle");
    --there;
  }
}

void OriginPool::end_connection(PooledConnection& c, std::string_view why) {
  c.ended_by_us_ = true;
  if (c.leaving_.empty()) c.leaving_ = why;
  c.connection_->drain(why);
  transition(c, state_of(c));
}

void OriginPool::give_up() {
  if (for_ever_ || !waiters_.empty() || in_use() > 0) return;
  given_up_ = true;
  decide("given up: too many origins (limits.origins)");
  let_go_of_surplus(now());
}

void OriginPool::drain() {
  draining_ = true;
  drain_connections();
}

/// Once nobody waits any more: who waited when the drain began is still served (F100).
void OriginPool::drain_connections() {
  if (!waiters_.empty()) return;
  for (const auto state : {State::ready, State::busy}) {
    while (!list(state).empty()) end_connection(list(state).front(), "shutting down");
  }
}

void OriginPool::plan_check(TimePoint at) {
  if (!check_timer_.armed() || at < check_timer_.deadline()) check_timer_.set(at);
}

void OriginPool::check() {
  const auto moment = now();
  expire_waiters(moment);
  catch_up();
  share_at_last(moment);
  review();
  judge_all();
  mark_leaving(moment);
  end_outdated(moment);
  let_go_of_surplus(moment);
  upkeep();
}

/// When something may have to be done although nothing happens.
void OriginPool::plan_next_check(TimePoint now) {
  if (!waiters_.empty()) plan_check(waiters_.front().deadline_);
  for (const auto& waiter : waiters_)
    if (waits_apart(waiter)) plan_check(waiter.apart_until_);
  if (draining_) return;
  if (outdated_until_) plan_check(*outdated_until_);
  const bool kept = keep_ready();
  if (kept && back_off_.holds(now)) plan_check(back_off_.next());
  plan_check_of_exclusive();
  if (!is_ready()) return;
  if (kept && !for_ever_) plan_check(kept_until());
  plan_check(now + dns_every);
  const bool surplus = staying() > wanted();
  const auto learned = learned_.limits(now);
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state)) {
      if (c.trial_.open && back_off_.failing()) plan_check(c.trial_.connected + trial_time);
      if (!c.leaving_.empty()) continue;
      const auto end = planned_end(c.life_, settings_->max_age, limits_of(c, learned));
      plan_check(std::max(now, end.at));
      if (surplus && !c.life_.in_use) plan_check(std::max(now, surplus_until(c)));
    }
  }
}

}  // namespace ccnproxy::pool
