// The ends of long lives and of short ones: stream identifiers that run out, and connections that
// are reset and told to go in one breath.
#include "unit/http2/http2_fixture.h"

namespace ccnproxy::http2 {

/// Lets a connection begin with a later stream, and be idle for long.
struct Http2StreamIds {
  static void rest(Http2Connection& connection) { connection.rest(); }
  static void begin_with(Http2Connection& connection, std::int32_t id) {
    nghttp2_session_set_next_stream_id(connection.session_.get(), id);
  }
};

namespace {

class Http2Life : public Http2Fixture {};

TEST_F(Http2Life, F027_a_connection_goes_long_before_its_stream_ids_are_used_up) {
  connect();
  Http2StreamIds::begin_with(*connection_, (1 << 30) - 1);
  auto& before = open_and_arrive((1 << 30) - 1);
  EXPECT_FALSE(connection_->is_draining());
  auto& last = open_and_arrive((1 << 30) + 1);
  EXPECT_TRUE(connection_->is_draining());
  EXPECT_EQ(connection_->capacity(), 0u);
  peer_->answer((1 << 30) - 1);
  peer_->answer((1 << 30) + 1);
  ASSERT_TRUE(until_ended(before) && until_ended(last));
  EXPECT_TRUE(before.sink.complete && last.sink.complete);
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(*listener_.closed, "stream ids used up");
}

TEST_F(Http2Life, F027_a_request_that_gets_no_id_was_provably_not_sent) {
  connect();
  Http2StreamIds::begin_with(*connection_, 0x7fffffff);
  auto& last = open();
  auto& beyond = open();
  ASSERT_TRUE(until_ended(beyond));
  ASSERT_TRUE(beyond.sink.failure);
  EXPECT_EQ(to_string(beyond.sink.failure->proof), to_string(Proof::not_sent));
  ASSERT_TRUE(until([&] { return peer_->requests.contains(0x7fffffff); }));
  peer_->answer(0x7fffffff);
  ASSERT_TRUE(until_ended(last));
  EXPECT_TRUE(last.sink.complete);
}

TEST_F(Http2Life, a_connection_that_gave_its_memory_back_serves_as_before) {
  connect();
  for (std::int32_t id = 1; id < 20; id += 2) {
    Http2StreamIds::rest(*connection_);
    auto& call = open_and_arrive(id);
    Http2StreamIds::rest(*connection_);  // not now: a stream is open
    peer_->answer(id);
    ASSERT_TRUE(until_ended(call));
    EXPECT_TRUE(call.sink.complete);
  }
}

/// CVE-2023-35945: requests that have not left yet when RST_STREAM and GOAWAY come together. What
/// would be lost, a sanitizer's run of this test tells.
TEST_F(Http2Life, F037_resets_and_goaway_in_one_breath_leave_nothing_behind) {
  for (int i = 0; i < 500; ++i) {
    loop_.defer_delete(std::move(connection_));
    listener_ = origin::RecordingListener();
    connect();
    auto& arrived = open_and_arrive(1);
    peer_->reset(1, NGHTTP2_INTERNAL_ERROR);
    peer_->goaway(1);
    auto& on_its_way = open();
    auto& with_a_body = open("POST", origin::chunked_framing());
    ASSERT_TRUE(until_ended(arrived) && until_ended(on_its_way) && until_ended(with_a_body));
    EXPECT_TRUE(arrived.sink.failure && on_its_way.sink.failure && with_a_body.sink.failure);
    ASSERT_TRUE(until_closed());
    EXPECT_EQ(connection_->streams(), 0u);
    calls_.clear();
  }
}

}  // namespace
}  // namespace ccnproxy::http2
