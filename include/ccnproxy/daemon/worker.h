#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/daemon/acceptor.h"
#include "ccnproxy/daemon/shared.h"
#include "ccnproxy/origin/network_dialer.h"
#include "ccnproxy/pool/pools.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/proxy_context.h"

namespace ccnproxy::daemon {

/// One thread with its event loop, listeners, clients, pools and buffers. Shares nothing with other
/// workers on the path of a request.
///
/// Made on the main thread, started once, destroyed after join().
class Worker final : private proxy::SessionOwner {
 public:
  Worker(const Shared& shared, std::size_t client_limit, observe::AccessLog::Writer& access_log,
         std::vector<ListeningSocket> sockets);
  ~Worker();

  void start(std::function<void()> on_end);
  /// Stops accepting, lets what runs finish, then ends. Any thread.
  void drain();
  /// Ends after this turn, whatever runs. Any thread.
  void kill();
  void join();

 private:
  void run();
  void accept(UniqueFd fd, const Endpoint& from, std::uint16_t listener_port);
  void on_session_closed(proxy::ClientSession& session) override;
  std::unique_ptr<pool::OriginPool> make_pool(const origin::Origin& origin);
  void begin_draining();
  void end_if_drained();

  const Shared& shared_;
  std::size_t client_limit_;
  EventLoop loop_;
  origin::WorkerBuffers buffers_;
  origin::WindowBudget windows_;
  origin::FamilyHealth family_health_;
  std::uint64_t last_serial_ = 0;
  origin::Resolver resolver_;
  origin::DialContext dialing_;
  pool::Pools pools_;
  proxy::ProxyContext context_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  boost::intrusive::list<proxy::ClientSession> sessions_;
  Timer drain_timer_;
  std::thread thread_;
};

}  // namespace ccnproxy::daemon
