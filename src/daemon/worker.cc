#include "worker.h"

#include <pthread.h>
#include <sys/socket.h>

#include "ccnproxy/base/signals_blocked.h"
#include "ccnproxy/daemon/connection_factory.h"
#include "ccnproxy/origin/path_tuning.h"
#include "ccnproxy/proxy/local_reply.h"

namespace ccnproxy::daemon {
namespace {

/// How often a draining worker looks whether the last client and its last connection have gone.
constexpr auto drain_check = std::chrono::milliseconds(20);
constexpr auto relief_every = std::chrono::milliseconds(50);
/// Of clients that keep a connection for their next request.
constexpr auto idle_long_enough = std::chrono::seconds(1);
constexpr std::size_t most_closed_at_once = 64;
/// Where no idle client was found, or no place, it is looked again after this.
constexpr auto look_again = std::chrono::milliseconds(48);

}  // namespace

Worker::Worker(std::shared_ptr<const WorkerConfig> worker_config, WorkerGroup& group,
               std::size_t index, observe::AccessLog::Writer& access_log,
               std::vector<ListeningSocket> sockets)
    : worker_config_(std::move(worker_config)),
      via_(worker_config_->via()),
      group_(group),
      index_(index),
      buffers_{.held = MemoryBudget(worker_config_->config().limits.memory)},
      loop_(batching_window(worker_config_->config().coalesce, group_.size),
            [this](const auto& fault) { group_.warn(fault); }),
      resolver_(loop_, worker_config_->config().dns),
      address_acl_(worker_config_->address_acl()),
      dialing_(make_dialing()),
      pool_worker_(make_pool_worker()),
      pools_(worker_config_->config().limits.origins, loop_.timers(),
             [this](const auto& origin) { return make_pool(origin); }),
      context_{loop_,
               buffers_,
               config_share(worker_config_),
               &worker_config_->labels(),
               &worker_config_->origin_acl(),
               pools_,
               access_log,
               metrics_,
               via_,
               [this](const auto& origin) {
                 return group_.directory.migration_target(origin, index_, loop_.now());
               },
               [this](std::size_t worker, proxy::MigratedClient client) {
                 group_.members[worker]->adopt_client(std::move(client));
               },
               {},
               proxy::ExchangePool(loop_)},
      drain_timer_(loop_.timers(), Delegate<void()>::to<&Worker::end_if_drained>(this)),
      relief_timer_(loop_.timers(), Delegate<void()>::to<&Worker::relieve_memory>(this)),
      overflow_timer_(loop_.timers(), Delegate<void()>::to<&Worker::serve_overflow>(this)) {
  context_.http1_dialer = [this](const origin::Origin& origin) {
    auto settings = std::make_shared<origin::OriginSettings>(*worker_config_->settings_for(origin));
    settings->http1_only = true;
    return std::make_unique<origin::NetworkDialer>(dialing_, origin, std::move(settings));
  };
  buffers_.held.tell_when_nearly_full(Delegate<void()>::to<&Worker::on_memory_pressure>(this));
  context_.ask_statistics = [this](auto answer) {
    group_.ask_statistics([this, answer = std::move(answer)](const std::string& json) {
      loop_.post([answer, json] { answer(json); });
    });
  };
  for (auto& socket : sockets) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        loop_, std::move(socket),
        [this] { return group_.open.load(std::memory_order_relaxed) && may_accept(); },
        [this](UniqueFd fd, const Endpoint& from, std::uint16_t port) {
          accept(std::move(fd), from, port);
        },
        [this] { pool_worker_->room->note_exhausted(); }));
  }
  pool_worker_->room->let_go_by(
      [this](std::size_t most, auto purpose) { return pools_.let_go(most, purpose); },
      [this](std::size_t most, auto purpose) {
        ask_others_to_let_go(most, purpose);
        return std::size_t{0};
      });
}

Worker::~Worker() {
  while (!sessions_.empty()) sessions_.front().kill();
}

void Worker::start(std::function<void()> on_end) {
  const SignalsBlocked blocked;
  thread_ = std::thread([this, on_end = std::move(on_end)] {
    run();
    on_end();
  });
}

void Worker::run() {
  pthread_setname_np(pthread_self(), "ccnproxy-worker");
  loop_.run();
  while (!sessions_.empty()) sessions_.front().kill();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::drain() {
  loop_.post([this] { begin_draining(); });
}

void Worker::wait_at(std::shared_ptr<WorkerBarrier> barrier) {
  loop_.post([barrier = std::move(barrier)] { barrier->wait(); });
}

void Worker::accept_from_now() {
  loop_.post([this] {
    for (auto& acceptor : acceptors_) acceptor->on_room();
  });
}

void Worker::kill() { loop_.stop(); }

void Worker::accept(UniqueFd fd, const Endpoint& from, std::uint16_t listener_port) {
  loop_.count_work();
  const auto most = from ? worker_config_->config().limits.clients_per_address : 0;
  if (most > 0 && !group_.client_counts.take(from, most)) return turn_away(std::move(fd));
  const auto text = from ? from.to_string() : std::string("unix");
  const bool placed = has_room();
  group_.clients.fetch_add(1, std::memory_order_relaxed);
  auto& session = add_session(
      std::move(fd),
      {text, listener_port, worker_config_->allows_client(from), from, most > 0, placed});
  if (!placed) return take_overflow(session);
  if (speculative_read_.is_due()) speculative_read_.note(session.read_speculatively());
}

proxy::ClientSession& Worker::add_session(UniqueFd fd, proxy::ClientAddress address) {
  auto* session = new proxy::ClientSession(context_, std::move(fd), std::move(address), *this);
  sessions_.push_back(*session);
  return *session;
}

/// Told in words that it has too many connections, and closed: what it would send is not waited
/// for.
void Worker::turn_away(UniqueFd fd) {
  const auto why = "too many connections from this address (limits.clients_per_address is " +
                   std::to_string(worker_config_->config().limits.clients_per_address) + ")";
  proxy::LocalReplyMessage response;
  response.status = 503;
  response.error_type = to_string(ErrorType::connection_limit_reached);
  response.text = why;
  response.date = context_.date.at(loop_.now());
  response.close = true;
  std::string answer;
  proxy::append_local_reply(answer, response);
  // What has come already is taken, so that closing does not reset the connection under the answer.
  ::recv(fd.get(), buffers_.client(), proxy::ReadSize::usual, 0);
  ::send(fd.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
  ++metrics_.requests_without_origin[503];
  metrics_.count_error({ErrorType::connection_limit_reached, Side::client, Phase::request,
                        Proof::not_sent, std::string()});
}

bool Worker::has_room() {
  if (group_.has_place()) return true;
  if (loop_.now() >= no_idle_client_at_ + look_again) close_idle_clients();
  return group_.has_place();
}

/// A client without a request gives its place to one that waits for a place (RFC 9112 §9.5 lets a
/// server close an idle connection at any time). The oldest first, and none that had a request just
/// now: the next may be on its way.
void Worker::close_idle_clients() {
  std::size_t closed = 0;
  const auto then = loop_.now() - idle_long_enough;
  for (auto it = sessions_.begin(); it != sessions_.end() && closed < most_closed_at_once;) {
    const auto session = it++;
    if (session->address().placed) closed += session->close_if_idle_since(then) ? 1 : 0;
  }
  if (closed < most_closed_at_once) no_idle_client_at_ = loop_.now();
}

void Worker::on_memory_pressure() {
  if (!relief_timer_.armed()) relief_timer_.set_after(relief_every);
}

/// Evicts the clients stalled longest, see MemoryBudget.
void Worker::relieve_memory() {
  std::vector<proxy::ClientSession*> holders;
  std::vector<proxy::StalledClient> stalled;
  for (auto& session : sessions_) {
    holders.push_back(&session);
    stalled.push_back(session.stalled());
  }
  for (const auto i : proxy::clients_to_evict(stalled, context_.memory.excess(), loop_.now()))
    holders[i]->make_room();
  if (context_.memory.nearly_full()) on_memory_pressure();
}

/// Counted before the other worker uncounts it, so that the total never misses it.
void Worker::adopt_client(proxy::MigratedClient client) {
  group_.clients.fetch_add(1, std::memory_order_relaxed);
  if (client.address.counted) group_.client_counts.add(client.address.from);
  auto migrated = std::make_shared<proxy::MigratedClient>(std::move(client));
  loop_.post([this, migrated] {
    loop_.count_work();
    migrated->address.allowed = worker_config_->allows_client(migrated->address.from);
    auto& session = add_session(std::move(migrated->fd), std::move(migrated->address));
    session.adopt(std::move(*migrated));
    if (context_.draining) session.drain();
  });
}

void Worker::prepare(std::vector<origin::Origin> for_ever,
                     std::vector<pool::OriginSnapshot> remembered) {
  loop_.post([this, for_ever = std::move(for_ever), remembered = std::move(remembered)] {
    for (const auto& memory : remembered) remember(memory);
    keep_for_ever(for_ever);
  });
}

void Worker::keep_for_ever(const std::vector<origin::Origin>& origins) {
  for (const auto& origin : origins) {
    if (!worker_config_->origin_acl().judge(origin).allowed) continue;
    if (auto* pool = pools_.find(origin)) pool->keep_for_ever();
  }
}

void Worker::remember(const pool::OriginSnapshot& memory) {
  const auto ago =
      std::max<Duration>(Duration(0), std::chrono::system_clock::now() - memory.last_used);
  if (ago > worker_config_->settings_for(memory.origin)->pool.keep_warm) return;
  if (!worker_config_->origin_acl().judge(memory.origin).allowed) return;
  if (auto* pool = pools_.find(memory.origin)) pool->recall(memory, ago);
}

void Worker::ask_not_ready(std::function<void(std::size_t, std::string)> answer) {
  loop_.post([this, answer = std::move(answer)] {
    std::string origins;
    const auto count = pools_.not_ready(origins);
    answer(count, std::move(origins));
  });
}

void Worker::ask_snapshots(std::function<void(std::vector<pool::OriginSnapshot>)> answer) {
  loop_.post([this, answer = std::move(answer)] { answer(pools_.snapshots()); });
}

void Worker::ask_report(std::function<void(admin::WorkerReport)> answer) {
  loop_.post([this, answer = std::move(answer)] {
    answer({index_, pools_.report(), pools_.gone(), pools_.forgotten(), metrics_, sessions_.size(),
            buffers_.held.used(), metrics_.recent.value(loop_.now())});
  });
}

void Worker::on_session_closed(proxy::ClientSession& session) {
  sessions_.erase(sessions_.iterator_to(session));
  if (!session.address().placed) leave_overflow(session);
  group_.clients.fetch_sub(1, std::memory_order_release);
  if (session.address().counted) group_.client_counts.give_back(session.address().from);
  if (!overflow_.empty()) overflow_timer_.set_after(Duration(0));
  loop_.defer_delete(std::unique_ptr<DeferredDelete>(&session));
}

std::shared_ptr<const pool::PoolWorker> Worker::make_pool_worker() {
  return std::make_shared<const pool::PoolWorker>(pool::PoolWorker{
      loop_.timers(),
      [this](std::unique_ptr<DeferredDelete> object) { loop_.defer_delete(std::move(object)); },
      [this] { return context_.ids.random(); }, index_, std::make_shared<std::size_t>(0),
      std::make_shared<pool::ConnectionRoom>(loop_.timers(), group_.connections, index_)});
}

std::unique_ptr<pool::OriginPool> Worker::make_pool(const origin::Origin& origin) {
  const auto settings = worker_config_->settings_for(origin);
  return std::make_unique<pool::OriginPool>(
      origin, origin::pool_of(settings), origin::longest_dial(settings->timeouts),
      std::make_shared<origin::NetworkDialer>(dialing_, origin, settings),
      pool::PoolContext{pool_worker_, origin::timeouts_of(settings), origin::tcp_of(settings),
                        group_.directory.find(origin), settings->shares,
                        origin::hedging_of(settings), origin::breaker_of(settings)});
}

/// By what is in force.
std::shared_ptr<const origin::DialContext> Worker::make_dialing() {
  const auto& timeouts = worker_config_->config().timeouts;
  return std::make_shared<const origin::DialContext>(
      origin::DialContext{{loop_, buffers_, worker_config_->head_limits(), timeouts.tls},
                          connection_factory(http2_memory_),
                          resolver_,
                          family_health_,
                          last_serial_,
                          address_acl_,
                          group_.connections.get(),
                          group_.warn,
                          origin::is_allowed_congestion_control("bbr")});
}

void Worker::begin_draining() {
  if (context_.draining) return;
  context_.draining = true;
  for (auto& acceptor : acceptors_) acceptor->close();
  group_.draining.fetch_add(1, std::memory_order_release);
  for (auto it = sessions_.begin(); it != sessions_.end();) (it++)->drain();
  last_requests_until_ = loop_.now() + proxy::ClientSession::first_request_time;
  drain_timer_.set_after(drain_check);
}

/// Connections are kept ready as long as requests may begin, not for as long as the last one takes.
void Worker::end_if_drained() {
  drain_timer_.set_after(drain_check);
  const bool deserted = group_.is_deserted();
  if (deserted || loop_.now() >= last_requests_until_) {
    last_requests_until_ = TimePoint::max();
    pools_.drain();
  }
  if (deserted && pools_.empty()) loop_.stop();
}

}  // namespace ccnproxy::daemon
