// HTTP/2 connections that end while streams are open, and streams that are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class OriginGoaway : public ::testing::Test {
 protected:
  /// A client whose request is in flight.
  RawClient& send(const std::string& request) {
    clients.push_back(std::make_unique<RawClient>(both.proxy.daemon.address()));
    clients.back()->send(request);
    return *clients.back();
  }

  OriginAndProxy both{speaking({"h2"})};
  std::vector<std::unique_ptr<RawClient>> clients;
};

/// Four POSTs and a GET are open; the first stream alone is promised an answer.
TEST_F(OriginGoaway, F018_streams_above_the_last_one_are_sent_again_whatever_their_method) {
  send(post_request("/0", "body 0"));
  OriginSide first(both.origin);
  const std::uint32_t answered = first.read_request().stream_id;
  for (int i = 1; i < 4; ++i)
    send(post_request("/" + std::to_string(i), "body " + std::to_string(i)));
  send(get_request("/4"));
  for (int i = 1; i < 5; ++i) first.peer().want_request();
  first.peer().write_goaway(answered);

  OriginSide second(both.origin);
  for (int i = 1; i < 5; ++i) {
    const Request again = second.read_request();
    second.respond(200, again.target + again.body);
  }
  first.peer().write_headers(answered, {{":status", "200"}}, h2::EndStream);
  first.connection().close();
  EXPECT_EQ(clients[0]->read_response().status, 200);
  for (std::size_t i = 1; i < 4; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(clients[i]->read_response().body, "/" + number + "body " + number);
  }
  EXPECT_EQ(clients[4]->read_response().body, "/4");
  EXPECT_EQ(both.origin.accepts(), 2U);
  EXPECT_THAT(outcomes(both.proxy.records(5)),
              UnorderedElementsAre("200", "200 retries=1 refused", "200 retries=1 refused",
                                   "200 retries=1 refused", "200 retries=1 refused"));
}

TEST_F(OriginGoaway, F019_a_post_at_or_below_the_last_stream_is_never_sent_again) {
  RawClient& client = send(post_request("/", "money"));
  OriginSide first(both.origin);
  const Request request = first.read_request();
  first.peer().write_goaway(request.stream_id);
  first.connection().close();
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "connection_terminated");
  EXPECT_EQ(both.origin.accepts(), 1U);
  EXPECT_EQ(both.proxy.record().outcome(), "502 connection_terminated/origin/response");
}

TEST_F(OriginGoaway, F020_a_connection_that_warned_takes_nothing_new_and_ends_its_streams) {
  RawClient& patient = send(get_request("/long"));
  OriginSide first(both.origin);
  const std::uint32_t stream = first.read_request().stream_id;
  first.peer().write_headers(stream, {{":status", "200"}});
  first.peer().write_data(stream, "a");
  patient.read_until("\r\n\r\n1\r\na\r\n");
  first.peer().write_goaway(h2::largest_stream);
  first.peer().sync();

  RawClient& newcomer = send(get_request("/new"));
  OriginSide second(both.origin);
  EXPECT_EQ(second.read_request().target, "/new");
  second.respond(200, "new");
  EXPECT_EQ(newcomer.read_response().body, "new");
  first.peer().sync();
  EXPECT_EQ(first.peer().count_seen(h2::Headers), 0U);
  first.peer().write_data(stream, "z", h2::EndStream);
  EXPECT_EQ(patient.read_until("0\r\n\r\n"), "1\r\nz\r\n0\r\n\r\n");
  EXPECT_THAT(outcomes(both.proxy.records(2)), ElementsAre("200", "200"));
}

/// F036: a client has accepted no streams of the origin's, so its GOAWAY names none.
TEST_F(OriginGoaway, F036_our_own_goaway_names_stream_0) {
  RawClient& client = send(get_request("/"));
  OriginSide first(both.origin);
  first.read_request();
  first.peer().write_goaway(h2::largest_stream);
  first.respond(200, "ok");
  EXPECT_EQ(client.read_response().body, "ok");
  first.peer().want_end();
  const h2::Frame farewell = first.peer().want_goaway();
  EXPECT_EQ(farewell.last_stream(), 0U);
  EXPECT_EQ(farewell.error_code(), h2::NoError);
}

TEST(OriginRefusal, F021_a_stream_refused_once_is_sent_again) {
  Service service(standard_answers, {.refuse_first = 1});
  OriginAndProxy both(speaking({"h2"}), service);
  EXPECT_EQ(both.proxy.post("/echo", "money").body, "money");
  EXPECT_EQ(service.stats().requests, 1U);
  EXPECT_EQ(both.proxy.record().outcome(), "200 retries=1 refused");
}

TEST(OriginRefusal, F021_a_stream_refused_always_is_given_up) {
  Service service(standard_answers, {.refuse_first = 1000});
  OriginAndProxy both(speaking({"h2"}), service);
  const ReceivedResponse response = both.proxy.post("/echo", "money");
  EXPECT_THAT(response.status, ::testing::AnyOf(502, 503));
  EXPECT_NE(proxy_error(response), "");
  EXPECT_EQ(service.stats().refused, 3U);  // the first try and retries.attempts
  EXPECT_EQ(service.stats().requests, 0U);
  const Record record = both.proxy.record();
  EXPECT_EQ(record.get("retries"), "2");
  EXPECT_EQ(record.get("retry_proof"), "refused");
  EXPECT_EQ(record.get("side"), "origin");
}

}  // namespace
}  // namespace ccnproxy::integration
