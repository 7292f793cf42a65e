#include "ccnproxy/daemon/worker.h"

#include <pthread.h>

namespace ccnproxy::daemon {
namespace {

/// How often a draining worker looks whether its last connection to an origin has ended.
constexpr auto drain_check = std::chrono::milliseconds(20);

}  // namespace

Worker::Worker(const Shared& shared, std::size_t client_limit,
               observe::AccessLog::Writer& access_log, std::vector<ListeningSocket> sockets)
    : shared_(shared),
      client_limit_(client_limit),
      loop_(shared.config().coalesce),
      resolver_(loop_, shared.config().dns),
      dialing_{{loop_,
                buffers_,
                windows_,
                {shared.config().limits.head_bytes, shared.config().limits.headers,
                 shared.config().limits.target_bytes},
                shared.config().timeouts.tls},
               resolver_,
               family_health_,
               last_serial_},
      pools_(shared.config().limits.origins, loop_.timers(),
             [this](const auto& origin) { return make_pool(origin); }),
      context_{loop_,           buffers_, shared.config(),
               shared.labels(), pools_,   access_log,
               shared.via(),    {},       proxy::ExchangeShelf(loop_)},
      drain_timer_(loop_.timers(), Delegate<void()>::to<&Worker::end_if_drained>(this)) {
  for (auto& socket : sockets) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        loop_, std::move(socket), [this] { return sessions_.size() < client_limit_; },
        [this](UniqueFd fd, const Endpoint& from, std::uint16_t port) {
          accept(std::move(fd), from, port);
        }));
  }
}

Worker::~Worker() {
  while (!sessions_.empty()) sessions_.front().kill();
}

void Worker::start(std::function<void()> on_end) {
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

void Worker::kill() { loop_.stop(); }

void Worker::accept(UniqueFd fd, const Endpoint& from, std::uint16_t listener_port) {
  loop_.count_work();
  const auto text = from ? from.to_string() : std::string("unix");
  auto* session = new proxy::ClientSession(context_, std::move(fd), {text, listener_port}, *this);
  sessions_.push_back(*session);
}

void Worker::on_session_closed(proxy::ClientSession& session) {
  sessions_.erase(sessions_.iterator_to(session));
  loop_.retire(std::unique_ptr<Retired>(&session));
  if (context_.draining && sessions_.empty()) end_if_drained();
}

std::unique_ptr<pool::OriginPool> Worker::make_pool(const origin::Origin& origin) {
  const auto settings = shared_.settings_for(origin);
  const auto& t = settings.timeouts;
  return std::make_unique<pool::OriginPool>(
      origin, settings.pool, t.dns + t.connect + t.tls,
      std::make_unique<origin::NetworkDialer>(dialing_, origin, settings),
      pool::PoolContext{
          loop_.timers(),
          [this](std::unique_ptr<Retired> object) { loop_.retire(std::move(object)); },
          [this] { return context_.ids.random(); }, t});
}

void Worker::begin_draining() {
  if (context_.draining) return;
  context_.draining = true;
  for (auto& acceptor : acceptors_) acceptor->close();
  for (auto it = sessions_.begin(); it != sessions_.end();) (it++)->drain();
  end_if_drained();
}

void Worker::end_if_drained() {
  if (!sessions_.empty()) return;
  pools_.drain();
  if (pools_.empty()) return loop_.stop();
  drain_timer_.set_after(drain_check);
}

}  // namespace ccnproxy::daemon
