#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/pool/origin_pool.h"

#include "unit/pool/fake_connection.h"
#include "unit/pool/fake_waiter.h"

namespace ccnproxy::pool {

/// A client's own connection, whose dial and whose life the test plays.
class FakeExclusive final : public ExclusiveConnection, public origin::ConnectionListener {
 public:
  ConnectionReport report(TimePoint) const override {
    ConnectionReport r;
    r.state = "bound";
    return r;
  }
  std::string_view peer_address() const override { return address; }
  void end_after_request(std::string_view why) override {
    ended = why;
    leave_list();
  }
  bool begin_dial() override {
    if (!has_room) return false;
    ++dials;
    return true;
  }
  void on_no_dial(Error e) override { error = std::move(e); }
  const origin::OriginConnection* origin_connection() const override { return connection.get(); }
  bool ended_by_us() const override { return by_us; }

  // What comes of its dial.
  void connect(OriginPool& pool) {
    connection = std::make_unique<FakeConnection>(
        origin::ConnectionInfo{1, origin::Protocol::http1, address, {}, false, {}, true, true}, 1,
        *this, [](auto&) {});
    pool_ = &pool;
    pool.exclusive().on_connected(*this);
  }
  void answer() {
    static http::OutgoingRequest request;
    static NullSink sink;
    connection->open(request, sink);
    connection->end_stream();
  }
  static Error refused(ErrorType type = ErrorType::connection_refused) {
    return {type, Side::origin, Phase::tcp, Proof::not_sent, "refused"};
  }

  std::string address = "192.0.2.1:443";
  std::string ended;
  bool has_room = true;
  bool by_us = false;
  int dials = 0;
  std::optional<Error> error;
  std::unique_ptr<FakeConnection> connection;

 private:
  void on_capacity(origin::OriginConnection&) override { pool_->exclusive().on_change(*this); }
  void on_closed(origin::OriginConnection&, std::string_view) override {
    pool_->exclusive().on_closed(*this);
    pool_->exclusive().leave_dials(*this);
  }
  OriginPool* pool_ = nullptr;
};

}  // namespace ccnproxy::pool
