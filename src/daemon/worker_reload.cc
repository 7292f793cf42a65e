// How a worker goes on under another configuration: between two turns, so that nothing that runs
// sees a part of it.

#include <unordered_set>

#include "warm_share.h"
#include "worker.h"

namespace ccnproxy::daemon {
namespace {

/// Connections keep those that they were made with.
bool bounds_alike(const http::HeadLimits& a, const http::HeadLimits& b) {
  return a.head_bytes == b.head_bytes && a.fields == b.fields && a.target_bytes == b.target_bytes;
}

/// What a dialer goes by.
bool dials_alike(const origin::OriginSettings& a, const origin::OriginSettings& b) {
  return a.timeouts == b.timeouts && a.tls == b.tls && a.connect_host == b.connect_host &&
         a.connect_port == b.connect_port && a.exemption == b.exemption && a.tcp == b.tcp &&
         a.pool.ping == b.pool.ping;
}

/// What a connection is made by, and keeps.
bool connects_alike(const origin::Origin& origin, const origin::OriginSettings& a,
                    const origin::OriginSettings& b) {
  const bool same_tls = origin.scheme == origin::Scheme::http || a.tls == b.tls;
  return same_tls && a.connect_host == b.connect_host && a.connect_port == b.connect_port &&
         a.pool.ping == b.pool.ping;
}

}  // namespace

void Worker::adopt(std::shared_ptr<const WorkerConfig> worker_config, std::function<void()> done) {
  loop_.post([this, worker_config = std::move(worker_config), done = std::move(done)]() mutable {
    activate(std::move(worker_config));
    done();
  });
}

void Worker::activate(std::shared_ptr<const WorkerConfig> worker_config) {
  const auto before = std::exchange(worker_config_, std::move(worker_config));
  const auto& config = worker_config_->config();
  context_.config = config_share(worker_config_);
  context_.labels = &worker_config_->labels();
  context_.acl = &worker_config_->origin_acl();
  context_.memory.set_limit(config.limits.memory);
  address_acl_ = worker_config_->address_acl();
  dialing_ = make_dialing();
  resolver_.adopt(config.dns);
  pools_.set_limit(config.limits.origins);
  pools_.for_each([&](pool::OriginPool& pool) { adopt_into(pool, *before); });
  keep_warm_share();
  pool_worker_->room->on_limit_changed();
  judge_clients();
}

void Worker::adopt_into(pool::OriginPool& pool, const WorkerConfig& before) {
  const auto& origin = pool.origin();
  const auto was = before.settings_for(origin);
  const auto is = worker_config_->settings_for(origin);
  pool::PoolTerms terms{origin::pool_of(is), origin::timeouts_of(is),
                        origin::longest_dial(is->timeouts)};
  terms.tcp = origin::tcp_of(is);
  terms.hedging = origin::hedging_of(is);
  terms.breaker = origin::breaker_of(is);
  terms.replace = !bounds_alike(before.head_limits(), worker_config_->head_limits()) ||
                  !connects_alike(origin, *was, *is);
  if (terms.replace || !dials_alike(*was, *is))
    terms.dialer = std::make_shared<origin::NetworkDialer>(dialing_, origin, is);
  terms.generation = worker_config_->generation();
  terms.barred = !worker_config_->origin_acl().judge(origin).allowed;
  pool.adopt(std::move(terms));
}

/// `pool.warm` may name others now.
void Worker::keep_warm_share() {
  const auto share = warm_share(worker_config_->config(), index_, group_.members.size());
  const std::unordered_set<origin::Origin, origin::OriginHash> wanted(share.begin(), share.end());
  pools_.for_each([&](pool::OriginPool& pool) {
    if (!wanted.contains(pool.origin())) pool.keep_as_used();
  });
  keep_for_ever(share);
}

/// Applies `clients.allow` to the next request of clients that are connected already.
void Worker::judge_clients() {
  for (auto& session : sessions_)
    session.allow(worker_config_->allows_client(session.address().from));
}

}  // namespace ccnproxy::daemon
