#pragma once

#include <deque>
#include <list>
#include <memory>

#include "sim/proxy_under_test.h"
#include "sim/wire.h"

namespace ccnproxy::sim {

/// What a proxy with fixed numbers does with connections, all over HTTP/1.1.
struct FixedPolicy {
  std::size_t idle_connections;  ///< per origin
  Duration idle_timeout;
  std::uint64_t requests_each;  ///< of one connection
  /// A connection that becomes free serves who waits for a dial; else the dial's own request does.
  bool serves_waiters;
  /// When one too many is idle, the one idle longest goes; else the one that has just become so.
  bool drops_oldest;
};

/// chocon: Go's http.Transport with two idle connections a host, for 30 s.
inline constexpr FixedPolicy chocon{2, std::chrono::seconds(30), UINT64_MAX, true, false};
/// nginx: `keepalive 16` in an upstream of its own for each origin; its defaults else
/// (keepalive_timeout 60s, keepalive_requests 1000).
inline constexpr FixedPolicy nginx{16, std::chrono::seconds(60), 1000, false, true};

/// Connections are made when a request finds none, and kept for a while when it has ended. The
/// latest used serves first. What failed unheard on a used connection is sent again if it is
/// idempotent, as both do.
class FixedPool final : public ProxyUnderTest {
 public:
  FixedPool(World& world, const OriginModel& origin, Books& books, const FixedPolicy& policy);
  ~FixedPool() override;

  void ask(const Demand& demand) override;
  void stop() override;
  bool empty() const override { return members_.empty() && requests_ == 0; }

 private:
  class Member;
  class Request;

  bool find_idle(Request& request);
  void dial(Request& request);
  void on_free(Member& member);
  void drop(Member& member);
  void forget_waiter(Request& request) { std::erase(waiters_, &request); }

  World& world_;
  const OriginModel& origin_;
  Books& books_;
  FixedPolicy policy_;
  std::list<std::unique_ptr<Member>> members_;  ///< dials and connections
  std::deque<Member*> idle_;                    ///< the latest used last
  std::deque<Request*> waiters_;                ///< each has a dial of its own on its way
  std::size_t requests_ = 0;                    ///< that have not ended
  bool stopping_ = false;
};

}  // namespace ccnproxy::sim
