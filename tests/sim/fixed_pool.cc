#include "sim/fixed_pool.h"

#include <algorithm>
#include <optional>

#include "ccnproxy/proxy/retry_policy.h"

#include "sim/sim_dialer.h"

namespace ccnproxy::sim {
namespace {
/// As long as an idle connection is found there is a next one to try, then a new one: enough.
constexpr std::uint32_t retries_allowed = 20;
}  // namespace

class FixedPool::Request final : public DeferredDelete, public Exchange {
 public:
  Request(FixedPool& owner, const Demand& demand)
      : Exchange(owner.world_, demand.service), owner_(owner), demand_(demand) {
    ++owner_.requests_;
  }
  ~Request() override { --owner_.requests_; }

  void begin() {
    outcome_.found_ready = owner_.find_idle(*this);
    if (!outcome_.found_ready) owner_.dial(*this);
  }
  void on_no_connection() { end(true); }
  Member* member = nullptr;  ///< that carries it

 private:
  void on_answered() override;
  void on_lost(Proof proof) override {
    const proxy::FailedAttempt attempt{proof, demand_.idempotent, true, outcome_.retries,
                                       retries_allowed};
    if (!proxy::may_retry(attempt)) return end(true);
    ++outcome_.retries;
    if (!owner_.find_idle(*this)) owner_.dial(*this);
  }
  void end(bool failed) {
    outcome_.failed = failed;
    if (demand_.counts) owner_.books_.on_request(owner_.origin_.habit(), outcome_);
    owner_.world_.defer_delete(std::unique_ptr<DeferredDelete>(this));
  }

  FixedPool& owner_;
  Demand demand_;
  Outcome outcome_;
};

/// A dial, then a connection.
class FixedPool::Member final : public DeferredDelete, private WireHolder {
 public:
  Member(FixedPool& owner, Request& request)
      : owner_(owner),
        request_(&request),
        fate_(owner.origin_, owner.world_.now()),
        dialed_(owner.world_, Delegate<void()>::to<&Member::on_dialed>(this)),
        too_long_idle_(owner.world_, Delegate<void()>::to<&Member::on_too_long_idle>(this)) {
    dialed_.set(fate_.at);
  }

  void send(Request& request) {
    too_long_idle_.cancel();
    request.member = this;
    wire_->send(request);
  }
  void be_idle() { too_long_idle_.set(owner_.world_.now() + owner_.policy_.idle_timeout); }
  bool reusable() const {
    return !wire_->going() && wire_->requests() < owner_.policy_.requests_each;
  }
  /// Its request got a connection that had become free.
  void lose_request(const Request& request) {
    if (request_ == &request) request_ = nullptr;
  }
  void close() {
    dialed_.cancel();
    if (wire_) wire_->close();
    too_long_idle_.cancel();
  }

 private:
  void on_dialed();
  void on_too_long_idle() { owner_.drop(*this); }
  void on_going() override {}
  void on_end(std::string_view) override { owner_.drop(*this); }

  FixedPool& owner_;
  Request* request_;  ///< that it was dialed for
  DialFate fate_;
  Alarm dialed_;
  Alarm too_long_idle_;
  std::optional<Wire> wire_;
};

void FixedPool::Request::on_answered() {
  auto& carrier = *member;
  end(false);
  owner_.on_free(carrier);
}

void FixedPool::Member::on_dialed() {
  auto* request = std::exchange(request_, nullptr);
  if (request) owner_.forget_waiter(*request);
  if (!fate_.connects) {
    owner_.drop(*this);
    if (request) request->on_no_connection();
    return;
  }
  WireHolder& self = *this;
  wire_.emplace(owner_.world_, owner_.origin_, origin::Protocol::http1, self, owner_.books_);
  if (request) return send(*request);
  owner_.on_free(*this);
}

FixedPool::FixedPool(World& world, const OriginModel& origin, Books& books,
                     const FixedPolicy& policy)
    : world_(world), origin_(origin), books_(books), policy_(policy) {}

FixedPool::~FixedPool() = default;

void FixedPool::ask(const Demand& demand) {
  (new Request(*this, demand))->begin();  // retires itself
}

bool FixedPool::find_idle(Request& request) {
  if (idle_.empty()) return false;
  auto* latest = idle_.back();
  idle_.pop_back();
  latest->send(request);
  return true;
}

void FixedPool::dial(Request& request) {
  books_.on_dial(origin_.habit());
  members_.push_back(std::make_unique<Member>(*this, request));
  waiters_.push_back(&request);
}

void FixedPool::on_free(Member& member) {
  if (stopping_ || !member.reusable()) return drop(member);
  if (policy_.serves_waiters && !waiters_.empty()) {
    auto& first = *waiters_.front();
    waiters_.pop_front();
    for (auto& other : members_) other->lose_request(first);
    return member.send(first);
  }
  if (idle_.size() >= policy_.idle_connections) {
    if (!policy_.drops_oldest) return drop(member);
    drop(*idle_.front());
  }
  idle_.push_back(&member);
  member.be_idle();
}

void FixedPool::drop(Member& member) {
  std::erase(idle_, &member);
  member.close();
  const auto it = std::find_if(members_.begin(), members_.end(),
                               [&](const auto& m) { return m.get() == &member; });
  world_.defer_delete(std::move(*it));
  members_.erase(it);
}

void FixedPool::stop() {
  stopping_ = true;
  while (!idle_.empty()) drop(*idle_.front());
}

}  // namespace ccnproxy::sim
