#pragma once

#include <deque>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/http1/http1_connection.h"

#include "unit/origin/hoarding_transport.h"
#include "unit/origin/recording_sink.h"
#include "unit/origin/socket_peer.h"

namespace ccnproxy::http1 {

/// An Http1Connection whose other end is the test.
class Http1Fixture : public testing::Test {
 protected:
  ~Http1Fixture() override {
    loop_.defer_delete(std::move(connection_));
    loop_.run_once(Duration(0));
  }

  void connect() { connect_over<tls::PlainTransport>(); }
  /// Forgets the connection that there was.
  void start_anew() {
    connection_.reset();
    listener_ = origin::RecordingListener();
  }
  template <class Transport, class... Args>
  void connect_over(Args... args) {
    origin::SocketPair pair;
    peer_ = std::make_unique<origin::SocketPeer>(loop_, std::move(pair.theirs));
    connection_ = std::make_unique<Http1Connection>(
        context_, std::make_unique<Transport>(std::move(pair.ours), args...),
        origin::ConnectionInfo{7, origin::Protocol::http1, "192.0.2.1:443", {}, false, Duration(0)},
        listener_, facts_);
  }

  origin::Call& open(std::string_view method = "GET", http::BodyFraming body = {}) {
    auto& call = *calls_.emplace_back(std::make_unique<origin::Call>());
    call.request = origin::make_request(method, "/path?q=1");
    call.request.body = body;
    call.stream = &connection_->open(call.request, call.sink);
    return call;
  }
  /// Opens a request, waits until the peer has its head, and lets the peer answer.
  origin::Call& exchange(std::string_view response, std::string_view method = "GET") {
    auto& call = open(method);
    EXPECT_TRUE(await_request());
    peer_->send(response);
    return call;
  }
  /// A request and its answer, after which the connection has been used.
  void use_once() {
    auto& call = exchange("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    ASSERT_TRUE(until([&] { return call.sink.complete; }));
  }
  bool await_request() {
    const bool came =
        until([&] { return peer_->received().find("\r\n\r\n") != std::string::npos; });
    last_request_ = peer_->received();
    peer_->forget_received();
    return came;
  }

  bool until(const std::function<bool()>& done) { return origin::turn_until(loop_, done); }
  bool until_ended(const origin::Call& call) {
    return until([&] { return call.sink.ended(); });
  }
  bool until_closed() {
    return until([&] { return listener_.closed.has_value(); });
  }

  EventLoop loop_;
  static constexpr std::size_t memory_limit = std::size_t{1} << 30;
  origin::WorkerBuffers buffers_{.held = MemoryBudget(memory_limit)};
  origin::ConnectionContext context_{loop_, buffers_, {}, std::chrono::seconds(30)};
  origin::RecordingListener listener_;
  std::shared_ptr<origin::PeerState> facts_ = std::make_shared<origin::PeerState>();
  std::deque<std::unique_ptr<origin::Call>> calls_;
  std::unique_ptr<origin::SocketPeer> peer_;
  std::unique_ptr<Http1Connection> connection_;
  std::string last_request_;
};

}  // namespace ccnproxy::http1
