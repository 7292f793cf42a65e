#pragma once

#include <deque>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/http2/http2_connection.h"

#include "unit/http2/http2_session_peer.h"
#include "unit/origin/recording_sink.h"

namespace ccnproxy::http2 {

/// An Http2Connection whose other end is an nghttp2 server session of the test.
class Http2Fixture : public testing::Test {
 protected:
  ~Http2Fixture() override {
    loop_.defer_delete(std::move(connection_));
    loop_.run_once(Duration(0));
  }

  /// Without SETTINGS from the peer as yet.
  void connect_only(bool grants_windows = true, std::shared_ptr<origin::PeerState> facts =
                                                    std::make_shared<origin::PeerState>()) {
    origin::SocketPair pair;
    peer_ = std::make_unique<Http2SessionPeer>(loop_, std::move(pair.theirs), grants_windows);
    connection_ = std::make_unique<Http2Connection>(
        context_, shared_, std::make_unique<tls::PlainTransport>(std::move(pair.ours)), info_,
        listener_, std::move(facts));
  }
  void connect(std::uint32_t stream_limit = 100, bool grants_windows = true) {
    connect_only(grants_windows);
    peer_->send_settings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, stream_limit}});
    ASSERT_TRUE(until([&] { return peer_->settings_acknowledged > 0; }));
  }

  origin::Call& open(std::string_view method = "GET", http::BodyFraming body = {}) {
    auto& call = *calls_.emplace_back(std::make_unique<origin::Call>());
    call.request = origin::make_request(method, "/path?q=1");
    call.request.body = body;
    call.stream = &connection_->open(call.request, call.sink);
    return call;
  }
  /// Opens a request and waits until the peer has it, as stream `id`.
  origin::Call& open_and_arrive(std::int32_t id) {
    auto& call = open();
    EXPECT_TRUE(until([&] { return peer_->requests.contains(id); }));
    return call;
  }
  /// Stream 1 and its answer, after which the connection has carried a response.
  void use_once() {
    auto& call = open_and_arrive(1);
    peer_->answer(1);
    ASSERT_TRUE(until_ended(call));
    ASSERT_TRUE(call.sink.complete);
  }

  bool until(const std::function<bool()>& done) { return origin::turn_until(loop_, done); }
  bool until_ended(const origin::Call& call) {
    return until([&] { return call.sink.ended(); });
  }
  bool until_closed() {
    return until([&] { return listener_.closed.has_value(); });
  }
  /// Takes all that comes for this call at once, as a fast client does.
  static void take_at_once(origin::Call& call) {
    call.sink.keep_body = false;
    call.sink.then_body = [&call](std::string_view bytes) { call.stream->consumed(bytes.size()); };
  }

  static void expect_failure(const origin::Call& call, ErrorType type, Proof proof) {
    ASSERT_TRUE(call.sink.failure);
    EXPECT_EQ(to_string(call.sink.failure->type), to_string(type));
    EXPECT_EQ(to_string(call.sink.failure->proof), to_string(proof));
    EXPECT_EQ(call.sink.failure->side, Side::origin);
    EXPECT_NE(call.sink.failure->detail, "");
  }

  EventLoop loop_;
  static constexpr std::size_t memory_limit = std::size_t{1} << 30;
  origin::WorkerBuffers buffers_{.held = MemoryBudget(memory_limit)};
  WorkerMemory shared_;
  origin::ConnectionContext context_{loop_, buffers_, {}, std::chrono::seconds(30)};
  origin::ConnectionInfo info_{9, origin::Protocol::http2, "192.0.2.1:443", {}, false, Duration(0)};
  origin::RecordingListener listener_;
  std::deque<std::unique_ptr<origin::Call>> calls_;
  std::unique_ptr<Http2SessionPeer> peer_;
  std::unique_ptr<Http2Connection> connection_;
};

}  // namespace ccnproxy::http2
