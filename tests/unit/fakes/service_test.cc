// The manual of Service: origins that answer by themselves, with the faults a test asks for.
#include "fakes/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/http2_peer.h"
#include "fakes/raw_client.h"
#include "fakes/scripted_origin.h"
#include "fakes/test_pki.h"

namespace ccnproxy::fakes {
namespace {

using ::testing::HasSubstr;

OriginOptions over_tls(const std::string& protocol) {
  static TestPki pki;
  static const Certificate certificate = pki.server({"api.test"});
  OriginOptions options;
  options.certificate = certificate;
  options.alpn = {protocol};
  return options;
}

RawClientOptions offering(const std::string& protocol) {
  RawClientOptions options;
  options.tls = true;
  options.alpn = {protocol};
  return options;
}

/// An origin that serves HTTP/2, and one client of it.
struct Http2Pair {
  explicit Http2Pair(Service::Handler handler, ServiceOptions options = {})
      : service(std::move(handler), std::move(options)) {
    peer.preface();
    peer.write_settings({});
  }
  std::uint32_t post(const std::string& target, std::string_view body) {
    const std::uint32_t id = next();
    peer.write_headers(
        id,
        {{":method", "POST"}, {":scheme", "https"}, {":authority", "api.test"}, {":path", target}});
    peer.write_body(id, body);
    return id;
  }
  std::uint32_t get(const std::string& target) {
    const std::uint32_t id = next();
    peer.write_get(id, target);
    return id;
  }
  std::uint32_t next() { return std::exchange(next_id, next_id + 2); }

  std::uint32_t next_id = 1;
  Service service;
  ScriptedOrigin origin{over_tls("h2"), service};
  RawClient client{origin.endpoint(), offering("h2")};
  Http2Peer peer{client.stream(), Http2Peer::Role::Client};
};

TEST(Service, answers_by_the_protocol_that_alpn_chose) {
  for (const std::string protocol : {"h2", "http/1.1"}) {
    Service service([](const Request& request) { return Response{.body = request.version}; });
    ScriptedOrigin origin(over_tls(protocol), service);
    RawClient client(origin.endpoint(), offering(protocol));
    if (protocol == "h2") {
      Http2Peer peer(client.stream(), Http2Peer::Role::Client);
      peer.greet();
      peer.write_get(1);
      EXPECT_EQ(peer.want_headers(1).fields.get("content-length"), "6");
      EXPECT_EQ(peer.want_body(1), "HTTP/2");
    } else {
      EXPECT_EQ(client.get("api.test").body, "HTTP/1.1");
      EXPECT_EQ(client.get("api.test").body, "HTTP/1.1");
    }
  }
}

TEST(Service, standard_answers_cover_what_most_tests_ask) {
  Http2Pair pair(standard_answers);
  EXPECT_EQ(pair.peer.want_body(pair.get("/bytes/100000")), pattern(0, 100'000));
  EXPECT_EQ(pair.peer.want_body(pair.post("/echo", "abc")), "abc");
  const std::string upload = pattern(0, 3'000'000);
  EXPECT_EQ(pair.peer.want_body(pair.post("/upload", upload)), pattern_digest(3'000'000).summary());
  EXPECT_THAT(pair.peer.want_body(pair.get("/head")), HasSubstr("GET /head api.test\n"));
  EXPECT_EQ(pair.peer.want_body(pair.get("/")), "ok");
  const std::uint32_t id = pair.get("/status/404");
  pair.peer.want_body(id);
  EXPECT_EQ(pair.origin.requests(), 6U);
}

TEST(Service, standard_answers_over_http1_too) {
  Service service(standard_answers);
  ScriptedOrigin origin(over_tls("http/1.1"), service);
  RawClient client(origin.endpoint(), offering("http/1.1"));
  EXPECT_EQ(client.get("h", "/bytes/300000").digest.summary(), pattern_digest(300'000).summary());
  EXPECT_EQ(client.get("h", "/status/404").status, 404);
  EXPECT_TRUE(client.get("h", "/status/204").complete());
  client.send(
      "POST /upload HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
  const ReceivedResponse upload = client.read_response();
  EXPECT_THAT(upload.interim, ::testing::ElementsAre(100));
  EXPECT_THAT(upload.body, HasSubstr("bytes=3 sha256=ba7816bf8f01cfea"));
  EXPECT_EQ(origin.accepts(), 1U);
}

TEST(Service, serves_hundreds_of_streams_at_once_within_their_windows) {
  constexpr std::size_t many = 500;
  constexpr std::size_t size = 100'000;
  Http2Pair pair(standard_answers);
  const std::string target = "/bytes/" + std::to_string(size);
  for (std::size_t i = 0; i < many; ++i) pair.get(target);
  std::map<std::uint32_t, Digest> bodies;
  for (std::size_t ended = 0; ended < many;) {
    const h2::Frame frame = pair.peer.want_data();
    bodies[frame.stream].add(frame.content());
    ended += frame.end_stream() ? 1 : 0;
  }
  ASSERT_EQ(bodies.size(), many);
  const std::string expected = pattern_digest(size).summary();
  for (const auto& [id, digest] : bodies) EXPECT_EQ(digest.summary(), expected) << id;
  EXPECT_EQ(pair.service.stats().responses, many);
}

TEST(Service, holds_responses_until_the_test_lets_them_go) {
  const auto latch = std::make_shared<Latch>();
  Http2Pair pair([&latch](const Request& request) {
    return request.target == "/held" ? Response{.body = "late", .held_by = latch}
                                     : Response{.body = "now"};
  });
  std::vector<std::uint32_t> held;
  for (int i = 0; i < 100; ++i) held.push_back(pair.get("/held"));
  EXPECT_EQ(pair.peer.want_body(pair.get("/")), "now");
  EXPECT_EQ(pair.service.stats().most_streams, 101U);
  latch->open();
  for (const std::uint32_t id : held) EXPECT_EQ(pair.peer.want_body(id), "late");
}

TEST(Service, F021_refuses_the_first_streams) {
  Http2Pair pair(standard_answers, {.refuse_first = 2});
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(pair.peer.want_rst(pair.get("/")).error_code(), h2::RefusedStream);
  EXPECT_EQ(pair.peer.want_body(pair.get("/")), "ok");
  EXPECT_EQ(pair.service.stats().refused, 2U);
}

TEST(Service, F022_announces_its_stream_limit_late_but_enforces_it_at_once) {
  const auto announce = std::make_shared<Latch>();
  const auto hold = std::make_shared<Latch>();
  Http2Pair pair([&hold](const Request&) { return Response{.body = "x", .held_by = hold}; },
                 {.max_streams = 2, .announce_when = announce});
  pair.get("/");
  pair.get("/");
  EXPECT_EQ(pair.peer.want_rst(pair.get("/")).error_code(), h2::RefusedStream);
  EXPECT_EQ(pair.service.stats().over_limit, 1U);
  EXPECT_EQ(pair.peer.count_seen(h2::Settings), 1U);  // only the ACK of ours
  announce->open();
  EXPECT_EQ(pair.peer.want_settings().settings().at(h2::MaxConcurrentStreams), 2U);
  hold->open();
  EXPECT_EQ(pair.peer.want_body(1), "x");
  EXPECT_EQ(pair.peer.want_body(3), "x");
}

TEST(Service, F018_goes_away_after_some_streams_and_ignores_later_ones) {
  const auto hold = std::make_shared<Latch>();
  Http2Pair pair([&hold](const Request&) { return Response{.body = "x", .held_by = hold}; },
                 {.goaway_after = 2});
  pair.get("/");
  pair.get("/");
  EXPECT_EQ(pair.peer.want_goaway().last_stream(), 3U);
  pair.get("/");
  pair.service.wait_for("the ignored stream",
                        [](const auto& stats) { return stats.after_goaway > 0; });
  hold->open();
  EXPECT_EQ(pair.peer.want_body(1), "x");
  EXPECT_EQ(pair.peer.want_body(3), "x");
  EXPECT_EQ(pair.peer.want_end(), StreamEnd::CloseNotify);
  EXPECT_EQ(pair.service.stats().requests, 2U);
}

TEST(Service, F020_warns_before_it_goes_away) {
  const auto go = std::make_shared<Latch>();
  Http2Pair pair(standard_answers, {.goaway_when = go, .warn_of_goaway = true});
  EXPECT_EQ(pair.peer.want_body(pair.get("/")), "ok");
  go->open();
  EXPECT_EQ(pair.peer.want_goaway().last_stream(), h2::largest_stream);
  const std::uint32_t crossing = pair.get("/");
  pair.peer.want_ping();
  EXPECT_EQ(pair.peer.want_body(crossing), "ok");
  EXPECT_EQ(pair.peer.want_goaway().error_code(), h2::NoError);
  EXPECT_EQ(pair.peer.want_end(), StreamEnd::CloseNotify);
}

TEST(Service, F028_answers_an_upload_early_and_stops_it) {
  Http2Pair pair([](const Request&) { return Response{.status = 403}; }, {.answer_early = true});
  const std::uint32_t id = pair.next();
  pair.peer.write_headers(id, {{":method", "POST"}, {":path", "/"}});
  EXPECT_EQ(pair.peer.want_headers(id).fields.get(":status"), "403");
  EXPECT_EQ(pair.peer.want_rst(id).error_code(), h2::NoError);
}

TEST(Service, F082_ends_responses_in_every_wrong_way) {
  Http2Pair pair([](const Request& request) {
    Response response{.pattern_size = 1000, .ends_after = 300};
    response.ending = request.target == "/reset" ? Ending::Reset : Ending::CloseWithoutEnd;
    return response;
  });
  pair.peer.manners.return_windows = false;  // what meets a closed socket would make it a RST
  const std::uint32_t reset = pair.get("/reset");
  EXPECT_EQ(pair.peer.want_data(reset).content(), pattern(0, 300));
  EXPECT_EQ(pair.peer.want_rst(reset).error_code(), h2::InternalError);
  const std::uint32_t closed = pair.get("/close");
  EXPECT_EQ(pair.peer.want_data(closed).content(), pattern(0, 300));
  EXPECT_EQ(pair.peer.want_end(), StreamEnd::Fin);
}

TEST(Service, F082_ends_http1_responses_in_every_wrong_way) {
  Service service([](const Request& request) {
    Response response{.pattern_size = 1000, .ends_after = 300};
    response.chunked = request.target.starts_with("/chunked");
    response.ending = request.target.ends_with("reset") ? Ending::Reset : Ending::CloseWithoutEnd;
    return response;
  });
  ScriptedOrigin origin(over_tls("http/1.1"), service);
  for (const std::string target :
       {"/length-reset", "/length-close", "/chunked-reset", "/chunked-close"}) {
    RawClient client(origin.endpoint(), offering("http/1.1"));
    const ReceivedResponse response = client.get("h", target);
    EXPECT_EQ(response.body, pattern(0, 300)) << target;
    EXPECT_EQ(response.end,
              target.ends_with("reset") ? ResponseEnd::Reset : ResponseEnd::ClosedEarly)
        << target;
  }
}

TEST(Service, F114_sends_interim_responses_and_trailers) {
  const auto handler = [](const Request&) {
    return Response{.body = "b", .trailers = {{"X-Sum", "1"}}, .interim = {103}};
  };
  Http2Pair pair(handler);
  const std::uint32_t id = pair.get("/");
  EXPECT_EQ(pair.peer.want_headers(id).fields.get(":status"), "103");
  EXPECT_EQ(pair.peer.want_headers(id).fields.get(":status"), "200");
  Fields trailers;
  EXPECT_EQ(pair.peer.want_body(id, &trailers), "b");
  EXPECT_EQ(trailers.get("x-sum"), "1");

  ScriptedOrigin origin(over_tls("http/1.1"), Service(handler));
  RawClient client(origin.endpoint(), offering("http/1.1"));
  const ReceivedResponse response = client.get("h");
  EXPECT_THAT(response.interim, ::testing::ElementsAre(103));
  EXPECT_EQ(response.trailers.get("x-sum"), "1");
}

TEST(Service, F003_closes_http1_connections_after_some_requests) {
  Service service(standard_answers, {.close_after = 2, .announce_close = false});
  ScriptedOrigin origin(over_tls("http/1.1"), service);
  RawClient client(origin.endpoint(), offering("http/1.1"));
  EXPECT_TRUE(client.get("h").complete());
  EXPECT_FALSE(client.get("h").fields.has("connection"));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(client.end(), StreamEnd::CloseNotify);
}

TEST(Service, F112_an_early_answer_is_not_lost_to_a_reset) {
  Service service([](const Request&) { return Response{.status = 403}; }, {.answer_early = true});
  ScriptedOrigin origin(over_tls("http/1.1"), service);
  RawClient client(origin.endpoint(), offering("http/1.1"));
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  client.send(pattern(0, 1'000'000));
  EXPECT_EQ(client.read_response().status, 403);
}

TEST(Service, keeps_upload_windows_shut_when_told) {
  Http2Pair pair(standard_answers, {.return_windows = false});
  const std::uint32_t id = pair.next();
  pair.peer.write_headers(id, {{":method", "POST"}, {":path", "/upload"}});
  EXPECT_THROW(pair.peer.write_body(id, pattern(0, 70'000), h2::EndStream, Patience(50)), Failure);
  EXPECT_EQ(pair.peer.codec().room(id), 0);
}

}  // namespace
}  // namespace ccnproxy::fakes
