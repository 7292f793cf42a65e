#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/admin/worker_report.h"
#include "ccnproxy/daemon/worker_config.h"
#include "ccnproxy/http2/worker_memory.h"
#include "ccnproxy/origin/network_dialer.h"
#include "ccnproxy/pool/pools.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/speculative_read.h"

#include "acceptor.h"
#include "worker_barrier.h"
#include "worker_group.h"

namespace ccnproxy::daemon {

/// A worker: one thread with its event loop, listeners, clients, pools and buffers. Shares nothing
/// with other workers on the path of a request.
///
/// Created on the main thread, started once, destroyed after join().
class Worker final : private proxy::SessionOwner {
 public:
  /// `index` is this worker's place in the group.
  Worker(std::shared_ptr<const WorkerConfig> worker_config, WorkerGroup& group, std::size_t index,
         observe::AccessLog::Writer& access_log, std::vector<ListeningSocket> sockets);
  ~Worker();

  void start(std::function<void()> on_end);
  /// Drains: stops accepting, lets requests finish, then ends. Any thread.
  void drain();
  /// Blocks the worker's thread at the barrier until it is released. Any thread.
  void wait_at(std::shared_ptr<WorkerBarrier> barrier);
  /// WorkerGroup::open has become true. Any thread.
  void accept_from_now();
  /// There may be room for connections to origins. Any thread.
  void on_connection_room();
  /// Closes up to `most` idle connections: another worker has no room for connections to origins.
  /// Any thread.
  void let_go_of_connections(std::size_t most, ConnectionBudget::For purpose);
  /// Ends after this loop iteration, whatever runs. Any thread.
  void kill();
  void join();

  /// Switches to another configuration; `done` is called on the worker's thread afterwards. No
  /// request sees a mix of both. Any thread.
  void adopt(std::shared_ptr<const WorkerConfig> worker_config, std::function<void()> done);

  /// Adopts a client with a request that another worker has read. Any thread.
  void adopt_client(proxy::MigratedClient client);
  /// Keeps connections to these origins ready: always (`for_ever`), or as before a restart
  /// (`remembered`). Any thread.
  void prepare(std::vector<origin::Origin> for_ever, std::vector<pool::OriginSnapshot> remembered);
  /// Each asks the worker's thread, which calls `answer` there. Any thread.
  void ask_alive(std::function<void()> answer) { loop_.post(std::move(answer)); }
  void ask_not_ready(std::function<void(std::size_t count, std::string origins)> answer);
  void ask_snapshots(std::function<void(std::vector<pool::OriginSnapshot>)> answer);
  void ask_report(std::function<void(admin::WorkerReport)> answer);

 private:
  void run();
  void accept(UniqueFd fd, const Endpoint& from, std::uint16_t listener_port);
  proxy::ClientSession& add_session(UniqueFd fd, proxy::ClientAddress address);
  void remember(const pool::OriginSnapshot& memory);
  void on_session_closed(proxy::ClientSession& session) override;
  bool give_place(proxy::ClientSession& session) override;
  bool may_accept();
  bool is_overflow_full() const noexcept;
  void take_overflow(proxy::ClientSession& session);
  void leave_overflow(proxy::ClientSession& session);
  proxy::ClientSession* choose_to_turn_away() const;
  void serve_overflow();
  void ask_others_to_let_go(std::size_t most, ConnectionBudget::For purpose);
  void on_memory_pressure();
  void relieve_memory();
  bool has_room();
  void close_idle_clients();
  void turn_away(UniqueFd fd);
  std::shared_ptr<const origin::DialContext> make_dialing();
  std::shared_ptr<const pool::PoolWorker> make_pool_worker();
  std::unique_ptr<pool::OriginPool> make_pool(const origin::Origin& origin);
  void activate(std::shared_ptr<const WorkerConfig> worker_config);
  void adopt_into(pool::OriginPool& pool, const WorkerConfig& before);
  void keep_for_ever(const std::vector<origin::Origin>& origins);
  void keep_warm_share();
  void judge_clients();
  void begin_draining();
  void end_if_drained();

  std::shared_ptr<const WorkerConfig> worker_config_;  ///< what is in force
  const std::string via_;
  WorkerGroup& group_;
  std::size_t index_;
  origin::WorkerBuffers buffers_;     ///< outlives what the loop still has to destroy
  http2::WorkerMemory http2_memory_;  ///< as that
  EventLoop loop_;
  origin::FamilyHealth family_health_;
  std::uint64_t last_serial_ = 0;
  dns::Resolver resolver_;
  origin::AddressAcl address_acl_;  ///< a copy: dials refer to it, and it changes under them
  std::shared_ptr<const origin::DialContext> dialing_;
  std::shared_ptr<const pool::PoolWorker> pool_worker_;
  pool::Pools pools_;
  observe::WorkerMetrics metrics_;
  proxy::ProxyContext context_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  boost::intrusive::list<proxy::ClientSession> sessions_;
  proxy::SpeculativeRead speculative_read_;
  Timer drain_timer_;
  TimePoint last_requests_until_ = TimePoint::max();  ///< while draining
  Timer relief_timer_;
  /// Clients beyond `limits.clients`, the oldest first: each may ask for /hc, and waits for a
  /// place.
  std::vector<proxy::ClientSession*> overflow_;
  Timer overflow_timer_;
  std::optional<TimePoint> overflow_full_since_;
  TimePoint no_idle_client_at_{};  ///< looked for in vain
  std::thread thread_;
};

}  // namespace ccnproxy::daemon
