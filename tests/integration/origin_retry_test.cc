// What is sent to an origin again, and what never is (F056 to F059): one row a case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

/// What happens to the request on the connection that takes it first.
enum class Fault {
  CloseOnNew,   ///< the connection closes after the request; it had carried none before
  CloseOnUsed,  ///< the same on a connection that had
  ResetOnUsed,  ///< by RST
  CloseInHead,  ///< on a used one, in the middle of the response's head
  Refused,      ///< RST_STREAM(REFUSED_STREAM)
  AboveGoaway,  ///< GOAWAY names a lower last stream
  StreamReset,  ///< RST_STREAM(INTERNAL_ERROR) before a head
  Answered503,  ///< the origin's own 503
  NoAnswer,     ///< until timeouts.response_head
};

struct Row {
  std::string name;
  std::string alpn;
  std::string method;
  Fault fault;
  std::string outcome;  ///< as Record::outcome() says it
};

const std::string lost = "502 connection_terminated/origin/response";
const std::string again = "200 retries=1 no_byte_on_reused";
const std::string refused = "200 retries=1 refused";
const std::string late = "504 http_response_timeout/origin/response";

std::vector<Row> rows() {
  std::vector<Row> all;
  const auto add = [&all](const std::string& name, const std::string& alpn, Fault fault,
                          const std::string& get, const std::string& post) {
    for (const std::string method : {"GET", "PUT", "DELETE"})
      all.push_back({name + "_" + method, alpn, method, fault, get});
    for (const std::string method : {"POST", "PATCH"})
      all.push_back({name + "_" + method, alpn, method, fault, post});
  };
  for (const std::string alpn : {"h2", "http/1.1"}) {
    const std::string p = protocol_name(alpn);
    add(p + "_close_on_new", alpn, Fault::CloseOnNew, lost, lost);
    add(p + "_close_on_used", alpn, Fault::CloseOnUsed, again, lost);
    add(p + "_reset_on_used", alpn, Fault::ResetOnUsed, again, lost);
    add(p + "_answered_503", alpn, Fault::Answered503, "503", "503");
    add(p + "_no_answer", alpn, Fault::NoAnswer, late, late);
  }
  add("http1_close_in_head", "http/1.1", Fault::CloseInHead, lost, lost);
  add("h2_refused", "h2", Fault::Refused, refused, refused);
  add("h2_above_goaway", "h2", Fault::AboveGoaway, refused, refused);
  add("h2_stream_reset", "h2", Fault::StreamReset, lost, lost);
  return all;
}

class OriginRetry : public ::testing::TestWithParam<Row> {
 protected:
  static bool on_used(Fault fault) {
    return fault == Fault::CloseOnUsed || fault == Fault::ResetOnUsed ||
           fault == Fault::CloseInHead || fault == Fault::AboveGoaway;
  }
  /// One request that succeeds, so that the connection is a used one.
  void use() {
    client.send(get_request("/first"));
    first.emplace(both.origin);
    first->read_request();
    first->respond(200);
    EXPECT_EQ(client.read_response().status, 200);
  }
  std::string request() const {
    const bool body = GetParam().method != "GET" && GetParam().method != "DELETE";
    return GetParam().method + " /second HTTP/1.1\r\nHost: " + host + "\r\n" +
           (body ? "Content-Length: 5\r\n\r\nmoney" : "\r\n");
  }
  void strike() {
    switch (GetParam().fault) {
      case Fault::CloseOnNew:
      case Fault::CloseOnUsed:
        return first->connection().close();
      case Fault::ResetOnUsed:
        return first->connection().reset();
      case Fault::CloseInHead:
        first->connection().write("HTTP/1.1 200 O");
        return first->connection().close();
      case Fault::Refused:
        return first->peer().write_rst(first->stream(), h2::RefusedStream);
      case Fault::AboveGoaway:
        return first->peer().write_goaway(first->stream() - 2);
      case Fault::StreamReset:
        return first->peer().write_rst(first->stream(), h2::InternalError);
      case Fault::Answered503:
        return first->respond(503, "no");
      case Fault::NoAnswer:
        return;
    }
  }

  OriginAndProxy both{speaking({GetParam().alpn}), nullptr,
                      one_worker().set("timeouts.response_head", "300ms")};
  RawClient client = both.proxy.client();
  std::optional<OriginSide> first;
};
INSTANTIATE_TEST_SUITE_P(Rows, OriginRetry, ::testing::ValuesIn(rows()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(OriginRetry, F056_only_what_was_provably_not_acted_on_is_sent_again) {
  const bool used = on_used(GetParam().fault);
  if (used) use();
  client.send(request());
  if (!used) first.emplace(both.origin);
  const Request attempt = first->read_request();
  strike();
  const bool repeats = GetParam().outcome.starts_with("200");
  if (repeats) {
    OriginSide second(both.origin);
    const Request repeated = second.read_request();
    EXPECT_EQ(repeated.method, attempt.method);
    EXPECT_EQ(repeated.body, attempt.body);
    EXPECT_EQ(repeated.fields, attempt.fields);
    second.respond(200, "two");
  }
  const ReceivedResponse response = client.read_response(GetParam().method);
  EXPECT_EQ(std::to_string(response.status), GetParam().outcome.substr(0, 3));
  EXPECT_TRUE(response.complete());
  const Record record = both.proxy.records(used ? 2 : 1).back();
  EXPECT_EQ(record.outcome(), GetParam().outcome);
  EXPECT_EQ(proxy_error(response), record.get("type"));
  EXPECT_EQ(both.origin.accepts(), repeats ? 2U : 1U);
}

class OriginRetryBody : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginRetryBody, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

/// A PUT may be repeated by its nature, but not by us once more of its body has gone than is kept.
TEST_P(OriginRetryBody, F057_a_body_that_is_not_kept_is_not_sent_again) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send(get_request("/first"));
  OriginSide first(both.origin);
  first.read_request();
  first.respond(200);
  EXPECT_EQ(client.read_response().status, 200);
  const std::string body = pattern(0, 1 << 20);
  const std::string fields =
      "PUT /second HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1048576\r\n\r\n";
  // Not the last bytes, which the client sends only after the answer.
  client.send(fields + body.substr(0, body.size() - 10));
  if (first.is_h2()) {
    const std::uint32_t stream = first.peer().want_headers().stream;
    for (std::size_t got = 0; got < 128 * 1024;)
      got += first.peer().want_data(stream).content().size();
  } else {
    first.connection().read_exact(128 * 1024);
  }
  first.connection().close();
  const ReceivedResponse response = client.read_response("PUT");
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(both.origin.accepts(), 1U);
  EXPECT_EQ(both.proxy.records(2).back().outcome(), lost);
}

/// Below the limit every byte is given again, in order.
TEST_P(OriginRetryBody, F057_a_body_that_is_kept_is_sent_again_whole) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send(get_request("/first"));
  OriginSide first(both.origin);
  first.read_request();
  first.respond(200);
  EXPECT_EQ(client.read_response().status, 200);
  const std::string body = pattern(0, 60'000);
  client.send("PUT /second HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 60000\r\n\r\n" +
              body.substr(0, 30'000));
  first.read_some_of_a_request();
  first.connection().close();
  OriginSide second(both.origin);
  client.send(body.substr(30'000));
  EXPECT_EQ(second.read_request().body, body);
  second.respond(200);
  EXPECT_EQ(client.read_response("PUT").status, 200);
  EXPECT_EQ(both.proxy.records(2).back().outcome(), again);
}

/// An origin in trouble must not be struck much harder for it: 200 requests, each of which may be
/// repeated twice, but no more than a budget allows.
TEST(OriginRetryBudget, F058_retries_stay_within_their_budget) {
  Service service(standard_answers, {.refuse_first = 1'000'000});
  OriginAndProxy both(speaking({"h2"}), service);
  RawClient client = both.proxy.client();
  constexpr std::size_t many = 1000;
  for (std::size_t i = 0; i < many; ++i) {
    client.send(get_request());
    ASSERT_EQ(client.read_response().status, 502);
  }
  const std::size_t repeats = service.stats().refused - many;
  EXPECT_GT(repeats, 0U);
  EXPECT_LT(repeats, many);
}

}  // namespace
}  // namespace ccnproxy::integration
