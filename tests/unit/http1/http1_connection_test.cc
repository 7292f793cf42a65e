// Requests and responses over HTTP/1.1. How connections end and fail: http1_connection_end_test.cc.

#include "unit/http1/http1_fixture.h"

namespace ccnproxy::http1 {
namespace {

using Kind = http::BodyFraming::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

class Http1ConnectionTest : public Http1Fixture {
 protected:
  Http1ConnectionTest() { connect(); }
};

TEST_F(Http1ConnectionTest, knows_itself) {
  EXPECT_EQ(connection_->info().serial, 7u);
  EXPECT_EQ(connection_->info().protocol, origin::Protocol::http1);
  EXPECT_EQ(connection_->capacity(), 1u);
  EXPECT_EQ(connection_->streams(), 0u);
  EXPECT_FALSE(connection_->is_draining());
}

TEST_F(Http1ConnectionTest, sends_a_request_at_the_end_of_the_turn) {
  auto& call = open();
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_EQ(connection_->streams(), 1u);
  EXPECT_FALSE(call.stream->sent());
  ASSERT_TRUE(await_request());
  EXPECT_EQ(last_request_, "GET /path?q=1 HTTP/1.1\r\nHost: api.example.test\r\n\r\n");
  EXPECT_TRUE(call.stream->sent());
}

TEST_F(Http1ConnectionTest, carries_one_request_after_the_other) {
  for (int i = 1; i <= 3; ++i) {
    auto& call = exchange("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello");
    ASSERT_TRUE(until_ended(call));
    EXPECT_TRUE(call.sink.complete);
    EXPECT_EQ(call.sink.status, 200);
    EXPECT_EQ(call.sink.body, "hello");
    EXPECT_THAT(call.sink.fields, HasSubstr("X-A: b\n"));
    EXPECT_EQ(call.sink.framing, origin::length_framing(5));
    EXPECT_EQ(connection_->capacity(), 1u);
    EXPECT_EQ(connection_->requests(), static_cast<std::uint64_t>(i));
    EXPECT_EQ(listener_.capacity_changes, i);
    EXPECT_EQ(listener_.capacity, 1u);
  }
  EXPECT_FALSE(listener_.closed);
}

TEST_F(Http1ConnectionTest, may_be_given_the_next_request_when_it_says_that_it_has_room) {
  origin::Call* second = nullptr;
  listener_.then_capacity = [&] {
    if (!second && connection_->capacity() > 0) second = &open();
  };
  auto& first = exchange("HTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(until_ended(first));
  ASSERT_TRUE(second);
  ASSERT_TRUE(await_request());
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
  ASSERT_TRUE(until_ended(*second));
  EXPECT_EQ(second->sink.body, "two");
}

struct KindCase {
  const char* name;
  const char* method;
  const char* response;
  int status;
  Kind kind;
  const char* body;
};

class Http1ResponseKinds : public Http1ConnectionTest,
                           public testing::WithParamInterface<KindCase> {
 protected:
  void expect_response(const origin::Call& call) {
    EXPECT_TRUE(call.sink.complete);
    EXPECT_EQ(call.sink.status, GetParam().status);
    EXPECT_EQ(call.sink.framing.kind, GetParam().kind);
    EXPECT_EQ(call.sink.body, GetParam().body);
  }
};

TEST_P(Http1ResponseKinds, F113_each_is_read_to_its_end_and_the_connection_kept) {
  auto& call = exchange(GetParam().response, GetParam().method);
  ASSERT_TRUE(until_ended(call));
  expect_response(call);
  EXPECT_EQ(connection_->capacity(), 1u);
  use_once();
}

TEST_P(Http1ResponseKinds, F113_however_it_is_cut) {
  auto& call = open(GetParam().method);
  ASSERT_TRUE(await_request());
  for (const char c : std::string_view(GetParam().response)) {
    peer_->send({&c, 1});
    loop_.run_once(std::chrono::milliseconds(100));
  }
  ASSERT_TRUE(until_ended(call));
  expect_response(call);
  EXPECT_EQ(connection_->capacity(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    All, Http1ResponseKinds,
    testing::Values(
        KindCase{"length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200,
                 Kind::length, "hello"},
        KindCase{"length_0", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, Kind::none,
                 ""},
        KindCase{"status_204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, Kind::none, ""},
        KindCase{"status_304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304,
                 Kind::none, ""},
        KindCase{"head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 200, Kind::none,
                 ""},
        KindCase{"chunked", "GET",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n"
                 "0\r\n\r\n",
                 200, Kind::chunked, "hello!"},
        KindCase{"chunked_empty", "GET",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200,
                 Kind::chunked, ""},
        KindCase{"http10_keep_alive", "GET",
                 "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", 200,
                 Kind::length, "hi"},
        KindCase{"after_100", "GET",
                 "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200,
                 Kind::length, "hi"}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_F(Http1ConnectionTest, a_body_without_a_length_ends_with_the_connection) {
  auto& call = exchange("HTTP/1.1 200 OK\r\n\r\npart one, ");
  ASSERT_TRUE(until([&] { return call.sink.body == "part one, "; }));
  peer_->send("part two");
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.framing.kind, Kind::until_close);
  EXPECT_EQ(call.sink.body, "part one, part two");
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionTest, gives_the_trailers_of_a_chunked_response) {
  auto& call = exchange(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-B: "
      "2\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(call.sink.trailers, "X-Sum: 1\nX-B: 2\n");
}

TEST_F(Http1ConnectionTest, F114_passes_interim_responses_on) {
  auto& call = exchange(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
  EXPECT_THAT(call.sink.informational, ElementsAre(100, 103));
  EXPECT_EQ(call.sink.status, 200);
}

TEST_F(Http1ConnectionTest, F120_gives_each_part_when_it_comes) {
  auto& call = exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string expected;
  for (int i = 0; i < 5; ++i) {
    peer_->send("6\r\nevent\n\r\n");
    expected += "event\n";
    ASSERT_TRUE(until([&] { return call.sink.body == expected; }));
  }
  peer_->send("0\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
}

TEST_F(Http1ConnectionTest, uploads_a_body_of_known_length_as_it_is) {
  auto& call = open("PUT", origin::length_framing(11));
  EXPECT_EQ(call.stream->write_body("hello "), 6u);
  ASSERT_TRUE(await_request());
  EXPECT_FALSE(call.stream->sent());
  EXPECT_EQ(call.stream->write_body("world"), 5u);
  call.stream->end_body({});
  ASSERT_TRUE(until([&] { return call.stream->sent(); }));
  ASSERT_TRUE(until([&] { return peer_->received().ends_with("world"); }));
  EXPECT_EQ(last_request_ + peer_->received(),
            "PUT /path?q=1 HTTP/1.1\r\nHost: api.example.test\r\nContent-Length: 11\r\n\r\n"
            "hello world");
  peer_->send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(connection_->capacity(), 1u);
}

TEST_F(Http1ConnectionTest, uploads_a_body_of_unknown_length_in_chunks_with_its_trailers) {
  auto& call = open("POST", origin::chunked_framing());
  call.stream->write_body("hello");
  call.stream->write_body(std::string(16, 'x'));
  const http::Fields trailers{{"X-Sum", "1", http::FieldId::other}};
  call.stream->end_body(trailers);
  const std::string body = "5\r\nhello\r\n10\r\nxxxxxxxxxxxxxxxx\r\n0\r\nX-Sum: 1\r\n\r\n";
  ASSERT_TRUE(until([&] { return peer_->received().ends_with(body); }));
  EXPECT_THAT(peer_->received(), HasSubstr("\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"));
}

TEST_F(Http1ConnectionTest, F010_an_upload_that_the_origin_does_not_read_is_held_back) {
  peer_->stop_reading();
  const std::string body(8 * 1024 * 1024, 'u');
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
  EXPECT_GT(given, 0u);
  EXPECT_LT(given, body.size());
  for (int i = 0; i < 20; ++i) loop_.run_once(Duration(0));
  EXPECT_LT(given, body.size()) << "neither we nor the socket hold all of it";

  peer_->start_reading();
  ASSERT_TRUE(until([&] { return peer_->received().size() > body.size(); }));
  ASSERT_TRUE(until([&] { return call.stream->sent(); }));
  EXPECT_GT(call.sink.writable, 0);
  EXPECT_TRUE(peer_->received().ends_with("\r\n\r\n" + body));
}

TEST_F(Http1ConnectionTest, F010_no_more_of_an_upload_is_asked_for_while_the_socket_is_full) {
  peer_->stop_reading();
  const std::string piece(60'000, 'u');
  auto& call = open("PUT", origin::length_framing(1 << 30));
  std::size_t given = 0;
  const auto write_until_full = [&] {
    while (call.stream->takes_body()) {
      ASSERT_EQ(call.stream->write_body(piece), piece.size());
      given += piece.size();
      loop_.run_once(Duration(0));
    }
  };
  write_until_full();
  EXPECT_LT(buffers_.held.used(), 2 * piece.size());
  for (int i = 0; i < 5; ++i) loop_.run_once(Duration(0));
  EXPECT_EQ(call.sink.writable, 0);
  peer_->start_reading();
  ASSERT_TRUE(until([&] { return call.sink.writable > 0; }));
  EXPECT_TRUE(call.stream->takes_body());
  EXPECT_EQ(call.stream->write_body(piece), piece.size());
  given += piece.size();
  ASSERT_TRUE(until([&] {
    const auto head = peer_->received().find("\r\n\r\n") + 4;
    return peer_->received().size() == head + given;
  }));
  EXPECT_EQ(buffers_.held.used(), 0U);
}

TEST_F(Http1ConnectionTest, F092_a_response_that_the_client_does_not_take_is_not_read_on) {
  auto& call = exchange("HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n");
  call.sink.keep_body = false;
  const std::string body(32 * 1024 * 1024, 'd');
  peer_->send(body);
  ASSERT_TRUE(until([&] { return call.sink.body_bytes >= 1024 * 1024; }));
  for (int i = 0; i < 50; ++i) loop_.run_once(Duration(0));
  EXPECT_LT(call.sink.body_bytes, 4u * 1024 * 1024);
  EXPECT_FALSE(peer_->all_sent());

  call.stream->consumed(call.sink.body_bytes);
  call.sink.then_body = [&](std::string_view bytes) { call.stream->consumed(bytes.size()); };
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.body_bytes, body.size());
}

TEST_F(Http1ConnectionTest, F062_an_answer_is_not_read_while_memory_is_full) {
  auto& call = open();
  ASSERT_TRUE(await_request());
  BufferCharge others(buffers_.held, MemoryBudget::For::clients);
  others.set(memory_limit);
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const auto enough = EventLoop::read_clock() + std::chrono::milliseconds(200);
  until([&] { return call.sink.ended() || EventLoop::read_clock() > enough; });
  EXPECT_FALSE(call.sink.ended());
  others.set(0);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  use_once();
}

TEST_F(Http1ConnectionTest, F005_bytes_that_nobody_asked_for_are_seen_also_while_memory_is_full) {
  use_once();
  BufferCharge others(buffers_.held, MemoryBudget::For::clients);
  others.set(memory_limit);
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
  ASSERT_TRUE(until_closed());
}

TEST_F(Http1ConnectionTest, F062_where_memory_is_tight_no_more_is_read_than_the_client_takes) {
  auto& call = open();
  ASSERT_TRUE(await_request());
  BufferCharge others(buffers_.held, MemoryBudget::For::clients);
  others.set(memory_limit / 2);
  call.sink.keep_body = false;
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\n" + std::string(600'000, 'x'));
  ASSERT_TRUE(until([&] { return call.sink.body_bytes > 0; }));
  const auto first = call.sink.body_bytes;
  EXPECT_LE(first, origin::WorkerBuffers::read_bytes);
  others.set(0);  // a client that takes a part is enough now
  call.sink.then_body = [&](std::string_view bytes) { call.stream->consumed(bytes.size()); };
  call.stream->consumed(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(call.sink.body_bytes, 600'000U);
}

TEST_F(Http1ConnectionTest, F092_a_slow_client_gets_what_the_transport_read_ahead) {
  start_anew();
  connect_over<origin::HoardingTransport>();
  const std::string body(2 * 1024 * 1024, 'd');
  auto& call = exchange("HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n");
  call.sink.keep_body = false;
  peer_->send(body);
  std::uint64_t taken = 0;
  const auto done = [&] {  // the client takes all only when nothing more comes for it
    if (call.sink.ended()) return true;
    loop_.run_once(Duration(0));
    if (call.sink.ended()) return true;
    call.stream->consumed(call.sink.body_bytes - std::exchange(taken, call.sink.body_bytes));
    return false;
  };
  EXPECT_TRUE(until(done)) << "stalled at " << call.sink.body_bytes;
  EXPECT_EQ(call.sink.body_bytes, body.size());
}

TEST_F(Http1ConnectionTest, a_sink_may_cancel_from_within_what_it_hears) {
  auto& call = open();
  call.sink.then_response = [&] { call.stream->cancel(); };
  ASSERT_TRUE(await_request());
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  ASSERT_TRUE(until_closed());
  EXPECT_FALSE(call.sink.ended());
  EXPECT_EQ(call.sink.body, "");
}

TEST_F(Http1ConnectionTest, a_sink_may_cancel_from_within_its_body) {
  auto& call = open();
  call.sink.then_body = [&](std::string_view) { call.stream->cancel(); };
  ASSERT_TRUE(await_request());
  peer_->send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
  ASSERT_TRUE(until_closed());
  EXPECT_FALSE(call.sink.ended());
}

}  // namespace
}  // namespace ccnproxy::http1
