// HTTP/2 windows, both ways.

#include "unit/http2/http2_fixture.h"

namespace ccnproxy::http2 {
namespace {

constexpr std::uint64_t MiB = 1024 * 1024;

class Http2Flow : public Http2Fixture {
 protected:
  Http2Answer filler(std::uint64_t bytes) {
    Http2Answer answer;
    answer.filler = bytes;
    return answer;
  }
};

TEST_F(Http2Flow, F062_a_client_that_takes_nothing_stalls_its_own_stream_only) {
  connect();
  auto& slow = open_and_arrive(1);
  slow.sink.keep_body = false;
  auto& fast = open_and_arrive(3);
  take_at_once(fast);
  peer_->answer(1, filler(8 * MiB));
  peer_->answer(3, filler(8 * MiB));
  ASSERT_TRUE(until([&] { return fast.sink.ended() && slow.sink.body_bytes >= MiB; }));
  EXPECT_EQ(fast.sink.body_bytes, 8 * MiB);
  EXPECT_EQ(slow.sink.body_bytes, MiB) << "what its window allows, and not a byte more";

  take_at_once(slow);
  slow.stream->consumed(MiB);
  ASSERT_TRUE(until_ended(slow));
  EXPECT_TRUE(slow.sink.complete);
  EXPECT_EQ(slow.sink.body_bytes, 8 * MiB);
}

TEST_F(Http2Flow, F062_a_part_taken_lets_the_origin_send_about_as_much_more) {
  connect();
  auto& call = open_and_arrive(1);
  call.sink.keep_body = false;
  peer_->answer(1, filler(8 * MiB));
  ASSERT_TRUE(until([&] { return call.sink.body_bytes == MiB; }));
  call.stream->consumed(MiB * 3 / 4);
  ASSERT_TRUE(until([&] { return call.sink.body_bytes == MiB + MiB * 3 / 4; }));
}

TEST_F(Http2Flow, F062_windows_shrink_while_memory_is_tight_and_grow_back) {
  connect();
  const auto window = [&] { return peer_->client_setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE); };
  auto& before = open_and_arrive(1);
  before.sink.keep_body = false;
  EXPECT_EQ(window(), MiB);
  BufferCharge others(buffers_.held, MemoryBudget::For::clients);
  others.set(memory_limit / 2);
  auto& call = open_and_arrive(3);
  call.sink.keep_body = false;
  ASSERT_TRUE(until([&] { return window() == 65'535; }));
  peer_->answer(1, filler(8 * MiB));
  peer_->answer(3, filler(8 * MiB));
  ASSERT_TRUE(until([&] { return call.sink.body_bytes > 0 && before.sink.body_bytes > 0; }));
  call.stream->consumed(10);  // too little for a WINDOW_UPDATE
  ASSERT_TRUE(until([&] { return call.sink.body_bytes == 65'535; }));
  EXPECT_EQ(before.sink.body_bytes, 65'535U) << "the window of a stream that was open, too";

  others.set(0);
  take_at_once(call);
  take_at_once(before);
  call.stream->consumed(65'525);
  before.stream->consumed(65'535);
  ASSERT_TRUE(until_ended(call) && until_ended(before));
  EXPECT_EQ(call.sink.body_bytes, 8 * MiB);
  EXPECT_EQ(before.sink.body_bytes, 8 * MiB);
  EXPECT_EQ(window(), MiB);
}

TEST_F(Http2Flow, F062_an_origin_is_not_read_while_memory_is_full_and_not_suspected_for_it) {
  connect();
  auto& call = open_and_arrive(1);
  BufferCharge others(buffers_.held, MemoryBudget::For::clients);
  others.set(memory_limit);
  peer_->answer(1, {.body = "late"});
  // Longer than a silent origin would have been trusted.
  const auto enough = EventLoop::read_clock() + std::chrono::milliseconds(1200);
  until([&] {
    return call.sink.ended() || connection_->is_suspicious() || EventLoop::read_clock() > enough;
  });
  EXPECT_FALSE(call.sink.ended());
  EXPECT_FALSE(connection_->is_suspicious());
  others.set(0);
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(call.sink.body, "late");
}

TEST_F(Http2Flow, F062_what_an_upload_holds_is_counted_and_given_back) {
  connect(100, false);
  http::BodyFraming body;
  body.kind = http::BodyFraming::Kind::chunked;
  auto& call = open("POST", body);
  const std::string bytes(400'000, 'x');
  EXPECT_EQ(call.stream->write_body(bytes), 256U * 1024);
  EXPECT_EQ(buffers_.held.used(), 256U * 1024);
  ASSERT_TRUE(until([&] { return buffers_.held.used() == 256U * 1024 - 65'535; }));
  call.stream->cancel();
  ASSERT_TRUE(until([&] { return connection_->streams() == 0; }));
  EXPECT_EQ(buffers_.held.used(), 0U);
}

TEST_F(Http2Flow, F061_a_client_that_keeps_up_gets_a_larger_window_and_gives_it_back) {
  connect();
  auto& call = open_and_arrive(1);
  take_at_once(call);
  auto least = shared_.windows.left;
  auto take = call.sink.then_body;
  call.sink.then_body = [&](std::string_view bytes) {
    take(bytes);
    least = std::min(least, shared_.windows.left);
  };
  peer_->answer(1, filler(64 * MiB));
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(call.sink.body_bytes, 64 * MiB);
  EXPECT_LT(least, WindowBudget().left);
  EXPECT_TRUE(until([&] { return connection_->streams() == 0; }));
  EXPECT_EQ(shared_.windows.left, WindowBudget().left);
}

TEST_F(Http2Flow, F063_downloads_that_nobody_takes_cost_the_connection_no_credit) {
  connect();
  const auto at_first = peer_->connection_credit();
  std::int32_t id = 1;
  std::uint64_t sent = 0;
  while (sent < 560 * MiB) {  // a WINDOW_UPDATE goes out once half of the window has come
    auto& call = open_and_arrive(id);
    call.sink.keep_body = false;
    peer_->answer(id, filler(2 * MiB));
    ASSERT_TRUE(until([&] { return call.sink.body_bytes == MiB; }));
    call.stream->cancel();
    ASSERT_TRUE(until([&] { return connection_->streams() == 0; }));
    sent += MiB;
    id += 2;
  }
  EXPECT_TRUE(until([&] { return peer_->connection_credit() > at_first - (1 << 29); }));
  auto& last = open_and_arrive(id);
  take_at_once(last);
  peer_->answer(id, filler(MiB));
  ASSERT_TRUE(until_ended(last));
  EXPECT_TRUE(last.sink.complete);
}

TEST_F(Http2Flow, F063_many_downloads_broken_off_at_their_first_byte_leave_no_trace) {
  connect();
  for (std::int32_t id = 1; id < 600; id += 2) {
    auto& call = open_and_arrive(id);
    call.sink.keep_body = false;
    call.sink.then_body = [&](std::string_view) {
      call.sink.then_body = nullptr;
      call.stream->cancel();
    };
    peer_->answer(id, filler(4 * MiB));
    ASSERT_TRUE(until([&] { return peer_->requests[id].reset.has_value(); }));
  }
  ASSERT_TRUE(until([&] { return connection_->streams() == 0; }));
  EXPECT_EQ(connection_->capacity(), 100u);
  auto& last = open_and_arrive(601);
  take_at_once(last);
  peer_->answer(601, filler(4 * MiB));
  ASSERT_TRUE(until_ended(last));
  EXPECT_EQ(last.sink.body_bytes, 4 * MiB);
}

TEST_F(Http2Flow, F010_an_upload_beyond_the_origins_window_is_held_back_and_goes_on) {
  connect(100, false);
  const std::string body(2 * MiB, 'u');
  auto& call = open("PUT", origin::length_framing(body.size()));
  std::size_t given = 0;
  const auto give = [&] {
    while (given < body.size()) {
      const auto offered = body.size() - given;
      const auto taken = call.stream->write_body(std::string_view(body).substr(given));
      given += taken;
      if (taken < offered) return;
    }
    call.stream->end_body({});
  };
  call.sink.then_writable = give;
  give();
  EXPECT_EQ(given, 256 * 1024u);
  ASSERT_TRUE(until([&] { return peer_->requests[1].body.size() == 65535; }));
  EXPECT_LT(given, body.size());
  EXPECT_FALSE(call.stream->sent());

  auto& other = open_and_arrive(3);
  peer_->answer(3);
  ASSERT_TRUE(until_ended(other)) << "nobody else is held back";

  std::size_t granted = 0;
  ASSERT_TRUE(until([&] {
    const auto came = peer_->requests[1].body.size();
    peer_->grant(1, came - std::exchange(granted, came));
    return peer_->requests[1].complete;
  }));
  EXPECT_EQ(peer_->requests[1].body, body);
  EXPECT_GT(call.sink.writable, 0);
  EXPECT_TRUE(call.stream->sent());
}

TEST_F(Http2Flow, F064_an_upload_parked_on_the_origins_window_can_be_cancelled) {
  connect(100, false);
  const std::string body(1 * MiB, 'u');
  auto& call = open("PUT", origin::length_framing(body.size()));
  call.stream->write_body(body);
  ASSERT_TRUE(until([&] { return peer_->requests[1].body.size() == 65535; }));
  call.stream->cancel();
  ASSERT_TRUE(until([&] { return peer_->requests[1].reset.has_value(); }));
  EXPECT_EQ(peer_->requests[1].reset, static_cast<std::uint32_t>(NGHTTP2_CANCEL));
  EXPECT_TRUE(until([&] { return connection_->streams() == 0; }));
}

TEST_F(Http2Flow, F010_a_peer_that_does_not_read_is_written_to_no_more_than_the_socket_takes) {
  connect_only();
  peer_->send_settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1024 * 1024}});
  peer_->open_window();
  ASSERT_TRUE(until([&] { return peer_->settings_acknowledged > 0; }));
  peer_->stop_reading();
  const std::string body(256 * 1024, 'u');
  std::vector<origin::Call*> calls;
  for (int i = 0; i < 50; ++i) {
    calls.push_back(&open("PUT", origin::length_framing(body.size())));
    calls.back()->stream->write_body(body);
    calls.back()->stream->end_body({});
  }
  for (int i = 0; i < 20; ++i) loop_.run_once(Duration(0));
  peer_->start_reading();
  ASSERT_TRUE(until([&] {
    return std::all_of(peer_->requests.begin(), peer_->requests.end(),
                       [](const auto& r) { return r.second.complete; }) &&
           peer_->requests.size() == 50;
  }));
  for (const auto& [id, request] : peer_->requests) EXPECT_EQ(request.body, body);
}

}  // namespace
}  // namespace ccnproxy::http2
