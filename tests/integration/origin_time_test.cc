// Deadlines, and connections that end because of their age. The times are set short; nothing is
// said about how long anything took.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;

class OriginTime : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginTime, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(OriginTime, a_response_that_does_not_begin_is_a_504) {
  OriginAndProxy both(speaking({GetParam()}), nullptr,
                      one_worker().set("timeouts.response_head", "300ms"));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(proxy_error(response), "http_response_timeout");
  if (side.is_h2()) {
    EXPECT_EQ(side.peer().want_rst(side.stream()).error_code(), h2::Cancel);
  } else {
    side.connection().wait_for_end();
  }
  EXPECT_EQ(both.proxy.record().outcome(), "504 http_response_timeout/origin/response");
  EXPECT_EQ(both.origin.accepts(), 1U);
}

TEST_P(OriginTime, an_origin_has_its_own_timeouts) {
  OriginAndProxy both(speaking({GetParam()}), nullptr, one_worker(),
                      {"timeouts: {response_head: 300ms}"});
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  EXPECT_EQ(client.read_response().status, 504);
}

TEST_P(OriginTime, F095_a_body_that_stands_still_breaks_the_response) {
  OriginAndProxy both(speaking({GetParam()}), nullptr,
                      one_worker().set("timeouts.body_idle", "300ms"));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  if (side.is_h2()) {
    side.peer().write_headers(side.stream(), {{":status", "200"}, {"content-length", "10"}});
    side.peer().write_data(side.stream(), "x");
  } else {
    side.connection().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
  }
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.complete());
  EXPECT_EQ(both.proxy.record().outcome(), "200 http_response_timeout/origin/response");
}

/// Many short pauses, together far longer than the limit for one.
TEST_P(OriginTime, F095_a_body_that_trickles_may_take_as_long_as_it_likes) {
  OriginAndProxy both(
      speaking({GetParam()}),
      [](OriginConnection& c) {
        if (c.is_h2()) {
          Http2Peer peer(c);
          peer.greet();
          const auto stream = peer.want_headers().stream;
          peer.write_headers(stream, {{":status", "200"}});
          for (int i = 0; i < 20; ++i) {
            c.stream().pause(Patience(100));
            peer.write_data(stream, "x", i == 19 ? h2::EndStream : h2::NoFlags);
          }
          peer.want_end(Deadline::never());
        } else {
          c.read_request();
          c.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
          c.write_slowly(std::string(20, 'x'), 1, Patience(100));
        }
      },
      one_worker().set("timeouts.body_idle", "1s"));
  const ReceivedResponse response = both.proxy.get();
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.body, std::string(20, 'x'));
}

TEST_P(OriginTime, F017_an_idle_connection_ends_after_keep_warm) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({GetParam()}), service, one_worker().set("pool.keep_warm", "200ms"));
  EXPECT_EQ(both.proxy.get().status, 200);
  both.origin.wait_for_open(0);
  EXPECT_EQ(both.proxy.get().status, 200);
  EXPECT_EQ(both.origin.accepts(), 2U);
  EXPECT_THAT(outcomes(both.proxy.records(2)), ElementsAre("200", "200"));
}

TEST_P(OriginTime, F017_a_connection_ends_at_its_age_but_not_under_a_request) {
  OriginAndProxy both(speaking({GetParam()}), nullptr, one_worker().set("pool.max_age", "200ms"));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  side.connection().stream().pause(Patience(400));  // it is too old now
  side.respond(200, "ok");
  EXPECT_EQ(client.read_response().body, "ok");
  if (side.is_h2()) {
    side.peer().want_end();
  } else {
    side.connection().wait_for_end();
  }
  client.send(get_request("/next"));
  OriginSide second(both.origin);
  EXPECT_EQ(second.read_request().target, "/next");
  second.respond(200);
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_THAT(outcomes(both.proxy.records(2)), ElementsAre("200", "200"));
}

}  // namespace
}  // namespace ccnproxy::integration
