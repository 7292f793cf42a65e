#pragma once

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/pool/connection_set.h"
#include "ccnproxy/pool/pool_environment.h"

#include "unit/pool/fake_dialer.h"
#include "unit/pool/fake_waiter.h"
#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {

/// What the parts of a pool work on, without the pool: connections that stand as soon as a test
/// asks for them.
class PartsFixture : public testing::Test, public PooledConnection::Owner {
 protected:
  using State = PooledConnection::State;

  ~PartsFixture() override {
    connections_.clear();
    deferred_deletes_.clear();
  }

  /// One that is being dialled.
  PooledConnection& add() {
    EXPECT_TRUE(connections_.take_place(0));
    return connections_.add(std::make_unique<PooledConnection>(
        *this, env_.dialer, clock_.now(), 0, observe::DialCause::request, ConnectionLease()));
  }
  /// One that is open to net_.address.
  PooledConnection& connect(origin::Protocol protocol = origin::Protocol::http2,
                            std::size_t limit = 100) {
    auto& c = add();
    c.connection = std::make_unique<FakeConnection>(
        origin::ConnectionInfo{++net_.last_serial, protocol, net_.address, {}, false, net_.rtt},
        limit, c, [](auto&) {});
    connections_.update(c);
    return c;
  }
  static FakeConnection& fake(PooledConnection& c) {
    return static_cast<FakeConnection&>(*c.connection);
  }
  /// A request goes to it.
  void open(PooledConnection& c) {
    static http::OutgoingRequest request;
    static NullSink sink;
    c.connection->open(request, sink);
    c.life.in_use = true;
    connections_.update(c);
  }

  config::Pool settings_;
  ManualClock clock_;
  TimerWheel wheel_{clock_};
  FakeNetwork net_;
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  PoolEnvironment env_{
      {origin::Scheme::https, "api.example.test", 443},
      std::make_shared<const config::Pool>(settings_),
      std::chrono::seconds(10),
      std::make_shared<FakeDialer>(net_),
      {std::make_shared<const PoolWorker>(PoolWorker{
          wheel_, [this](auto object) { deferred_deletes_.push_back(std::move(object)); },
          [] { return 0u; }})},
      {},
      {}};
  SharedOrigin& shared_ = *env_.context.shared;
  ConnectionSet connections_{*env_.context.worker, shared_};

 private:
  void on_dialed(PooledConnection&, origin::DialResult) override {}
  void on_capacity(PooledConnection&) override {}
  void on_closed(PooledConnection&, std::string_view) override {}
  void on_http1_required(PooledConnection&) override {}
};

}  // namespace ccnproxy::pool
