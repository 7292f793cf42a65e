// What the access log says of clients that left before the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class ClientDeparture : public ::testing::TestWithParam<std::string> {
 protected:
  OriginAndProxy both{speaking({GetParam()})};
};
INSTANTIATE_TEST_SUITE_P(Protocols, ClientDeparture, ::testing::Values("h2", "http/1.1"),
                         [](const auto& of) { return protocol_name(of.param); });

TEST_P(ClientDeparture, F146_while_the_origin_was_silent_is_told_so) {
  RawClient client = both.proxy.client();
  client.send(post_request("/", "body"));
  OriginSide side(both.origin);
  side.read_request();
  client.close();
  const Record record = both.proxy.record();
  EXPECT_EQ(record.outcome(), "499 connection_terminated/client/response");
  EXPECT_THAT(record.line(), ContainsRegex("the client left after [0-9.]+ m?s without a response "
                                           "head from https://api.test \\(127.0.0.1:[0-9]+\\)"));
}

TEST_P(ClientDeparture, F146_in_mid_response_the_origins_silence_is_told) {
  RawClient client = both.proxy.client();
  client.send(get_request("/"));
  OriginSide side(both.origin);
  const auto stream = side.read_request().stream_id;
  if (side.is_h2()) {
    side.peer().write_headers(stream, {{":status", "200"}, {"content-length", "10"}});
    side.peer().write_data(stream, "12345");
  } else {
    side.connection().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
  }
  client.read_until("12345");
  client.close();
  const Record record = both.proxy.record();
  EXPECT_EQ(record.outcome(), "499 connection_terminated/client/response");
  EXPECT_THAT(record.line(), ContainsRegex("in mid response: 5 bytes of the body had come, and "
                                           "nothing from https://api.test for [0-9.]+ m?s"));
}

TEST_P(ClientDeparture, F146_while_it_sent_its_body_it_is_the_request_that_was_not_over) {
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 10\r\n\r\n12345");
  OriginSide side(both.origin);
  side.read_some_of_a_request();
  client.close();
  const Record record = both.proxy.record();
  EXPECT_EQ(record.outcome(), "499 connection_terminated/client/request");
  EXPECT_THAT(record.line(), HasSubstr("while sending the request's body (5 bytes so far)"));
}

TEST(ClientDepartureInQueue, F146_without_a_connection_the_phase_is_queue) {
  OriginOptions options = speaking({"h2"});
  options.answer_handshake = false;
  OriginAndProxy both(options);
  RawClient client = both.proxy.client();
  client.send(get_request("/"));
  both.origin.wait_for_accepts(1);
  client.close();
  const Record record = both.proxy.record();
  EXPECT_EQ(record.outcome(), "499 connection_terminated/client/queue");
  EXPECT_THAT(record.line(), HasSubstr("without a connection to https://api.test"));
}

TEST(ClientDepartureInUpload, F146_an_origin_that_does_not_take_the_body_is_seen) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  // More than the first window, so that the end has to wait; not so much that it is not read.
  client.send(post_request("/", std::string(h2::default_window + 10'000, 'b')));
  OriginSide side(both.origin);
  side.peer().manners.return_windows = false;
  side.read_some_of_a_request();
  client.close();
  const Record record = both.proxy.record();
  EXPECT_EQ(record.outcome(), "499 connection_terminated/client/send");
  EXPECT_THAT(record.line(), HasSubstr("the origin had taken nothing for"));
}

}  // namespace
}  // namespace ccnproxy::integration
