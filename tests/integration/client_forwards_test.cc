// Max-Forwards: how far OPTIONS and TRACE go (RFC 9110 §7.6.2).
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// What the origin got in Max-Forwards, as its answer's body.
Service telling_forwards() {
  return Service([](const Request& request) {
    return Response{.body = request.method + " " + request.fields.get("max-forwards")};
  });
}

ReceivedResponse ask(RawClient& client, const OneOrigin& proxy, const std::string& method,
                     const std::string& fields) {
  client.send(head(method + " /x HTTP/1.1", proxy.label_host, fields));
  return client.read_response(method);
}

TEST(ClientForwards, one_less_reaches_the_origin) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, telling_forwards());
    RawClient client = proxy.connect();
    for (const std::string method : {"OPTIONS", "TRACE"}) {
      EXPECT_EQ(ask(client, proxy, method, "Max-Forwards: 10\r\n").body, method + " 9");
      EXPECT_EQ(ask(client, proxy, method, "max-forwards: 1\r\n").body, method + " 0");
      EXPECT_EQ(ask(client, proxy, method, "").body, method + " ");
    }
    EXPECT_EQ(ask(client, proxy, "GET", "Max-Forwards: 0\r\n").body, "GET 0");
    EXPECT_EQ(ask(client, proxy, "DELETE", "Max-Forwards: many\r\n").body, "DELETE many");
  }
}

TEST(ClientForwards, at_zero_the_proxy_answers_options_itself) {
  OneOrigin proxy("h2", telling_forwards());
  RawClient client = proxy.connect();
  const auto answer = ask(client, proxy, "OPTIONS", "Max-Forwards: 0\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.fields.get("allow"), HasSubstr("POST"));
  EXPECT_EQ(proxy_error(answer), "");
  EXPECT_EQ(ask(client, proxy, "GET", "").body, "GET ") << "the connection goes on";
  EXPECT_EQ(proxy.origin.requests(), 1U);
}

TEST(ClientForwards, at_zero_a_trace_is_refused_in_words_and_echoes_nothing) {
  OneOrigin proxy("h2", telling_forwards());
  RawClient client = proxy.connect();
  const auto answer =
      ask(client, proxy, "TRACE", "Max-Forwards: 0\r\nAuthorization: Bearer canary\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_THAT(answer.fields.get("allow"), HasSubstr("OPTIONS"));
  EXPECT_EQ(proxy_error(answer), "http_request_error");
  EXPECT_THAT(answer.body, HasSubstr("Max-Forwards"));
  EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("canary")));
  EXPECT_EQ(ask(client, proxy, "GET", "").body, "GET ") << "the connection goes on";
  EXPECT_EQ(proxy.origin.requests(), 1U);
}

TEST(ClientForwards, what_is_not_one_number_is_refused) {
  OneOrigin proxy("plain", telling_forwards());
  for (const std::string bad : {"Max-Forwards: -1\r\n", "Max-Forwards: 1, 2\r\n",
                                "Max-Forwards:\r\n", "Max-Forwards: 1\r\nMax-Forwards: 1\r\n"}) {
    RawClient client = proxy.connect();
    const auto answer = ask(client, proxy, "OPTIONS", bad);
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_EQ(proxy.origin.requests(), 0U);
}

}  // namespace
}  // namespace ccnproxy::integration
