#pragma once

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {

/// A pool that keeps a connection ready ahead of need.
class OriginPoolReady : public PoolFixture {
 protected:
  OriginPoolReady() {
    settings_.min_ready = 1;
    settings_.spare = 0;
  }
  /// Lets time pass in small steps, as timers see it.
  void live(Duration time, Duration step = std::chrono::milliseconds(100)) {
    for (Duration t{0}; t < time; t += step) pass(step);
  }
  FakeConnection& first_http1() {
    ask();
    auto& connection = net_.connect_http1();
    connection.end_stream();
    connect_all_http1();
    return connection;
  }
  void connect_all_http1() {
    while (!net_.dialing.empty()) net_.connect_http1();
  }
  FakeConnection& first_http2(std::size_t limit = 100) {
    ask();
    auto& connection = net_.connect_http2(limit);
    connection.end_stream();
    return connection;
  }
};

}  // namespace ccnproxy::pool
