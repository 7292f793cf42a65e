// The manual of RawClient's judgement: how a response ended is never guessed.
#include "fakes/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/scripted_origin.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::fakes {
namespace {

/// What a client makes of these bytes, with FIN or RST after them.
ReceivedResponse judge(const std::string& bytes, const std::string& method = "GET",
                       bool reset = false) {
  OriginOptions options;
  options.tls = false;
  ScriptedOrigin origin(options);
  RawClient client(origin.endpoint());
  const auto c = origin.accept();
  c->write(bytes);
  if (!reset) c->close();
  if (!reset) return client.read_response(method);
  const std::string head = client.read_until("\r\n\r\n");
  c->reset();
  client.stream().unread(head);
  return client.read_response(method);
}

TEST(RawClient, reads_a_body_of_a_known_length) {
  const auto response = judge("HTTP/1.1 200 Fine\r\nX-A: 1\r\ncontent-length: 3\r\n\r\nabc");
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.reason, "Fine");
  EXPECT_EQ(response.fields.get("x-a"), "1");
  EXPECT_EQ(response.body, "abc");
}

TEST(RawClient, F082_a_body_short_of_its_length_is_not_complete) {
  const auto response = judge("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc");
  EXPECT_EQ(response.end, ResponseEnd::ClosedEarly);
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(response.problem, "missing 1 bytes of a body with a length");
}

TEST(RawClient, F082_a_chunked_body_without_its_last_chunk_is_not_complete) {
  for (const char* end : {"", "0", "0\r\n", "0\r\nX: y\r\n"}) {
    const auto response = judge(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + std::string(end));
    EXPECT_EQ(response.end, ResponseEnd::ClosedEarly) << end;
    EXPECT_EQ(response.body, "abc");
  }
}

TEST(RawClient, a_reset_is_told_from_a_close) {
  EXPECT_EQ(judge("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "GET", true).end,
            ResponseEnd::Reset);
  EXPECT_EQ(judge("HTTP/1.1 200 OK\r\n\r\n", "GET", true).end, ResponseEnd::Reset);
  EXPECT_TRUE(judge("HTTP/1.1 200 OK\r\n\r\nab").complete());
}

TEST(RawClient, a_close_without_a_head_has_no_status) {
  EXPECT_EQ(judge("").status, 0);
  EXPECT_EQ(judge("HTTP/1.1 200 OK\r\nX: ").end, ResponseEnd::ClosedEarly);
}

TEST(RawClient, F113_no_body_follows_head_204_and_304) {
  EXPECT_TRUE(judge("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD").complete());
  EXPECT_TRUE(judge("HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n").complete());
  EXPECT_TRUE(judge("HTTP/1.1 204 N\r\n\r\n").complete());
}

TEST(RawClient, F114_interim_responses_come_before_the_final_one) {
  const auto response = judge(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(response.interim, ::testing::ElementsAre(100, 103));
  EXPECT_EQ(response.interim_fields.at(1).get("Link"), "</a>");
  EXPECT_EQ(response.status, 200);
}

TEST(RawClient, what_could_be_read_two_ways_is_malformed) {
  for (const char* bytes : {
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
           "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
           "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n folded\r\n\r\na",
           "HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\na",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 20 OK\r\n\r\n",
           "HTTP/2 200 OK, really\r\n\r\n",
       })
    EXPECT_EQ(judge(bytes).end, ResponseEnd::Malformed) << bytes;
}

TEST(RawClient, keeps_what_follows_a_response_for_the_next) {
  OriginOptions options;
  options.tls = false;
  ScriptedOrigin origin(options, [](OriginConnection& c) {
    c.write(
        "HTTP/1.1 200 A\r\nContent-Length: 1\r\n\r\naHTTP/1.1 201 B\r\nContent-Length: 1\r\n\r\nb");
  });
  RawClient client(origin.endpoint());
  EXPECT_EQ(client.read_response().body, "a");
  EXPECT_EQ(client.read_response().status, 201);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(RawClient, a_large_body_can_be_digested_instead_of_kept) {
  OriginOptions options;
  options.tls = false;
  ScriptedOrigin origin(options,
                        [](OriginConnection& c) { c.respond(200, pattern(0, 5'000'000)); });
  RawClient client(origin.endpoint());
  const auto response = client.digest_response();
  EXPECT_EQ(response.digest.summary(), pattern_digest(5'000'000).summary());
  EXPECT_EQ(response.body, "");
}

TEST(RawClient, speaks_over_unix_sockets) {
  const TempDir folder;
  OriginOptions options;
  options.tls = false;
  options.address = "unix:" + folder.path() + "/s";
  ScriptedOrigin origin(options, [](OriginConnection& c) {
    c.read_request();
    c.respond(200, "unix");
  });
  RawClient client(origin.endpoint());
  EXPECT_EQ(client.get("h").body, "unix");
}

TEST(RawClient, a_deadline_says_what_came_so_far) {
  OriginOptions options;
  options.tls = false;
  ScriptedOrigin origin(options);
  RawClient client(origin.endpoint());
  const auto c = origin.accept();
  c->write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  try {
    client.read_response("GET", Patience(50));
    FAIL() << "a response was made up";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), ::testing::HasSubstr("3 bytes of body"));
  }
}

}  // namespace
}  // namespace ccnproxy::fakes
