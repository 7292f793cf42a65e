// What becomes of a request, by its head, its framing and the configuration.

#include "ccnproxy/proxy/request_plan.h"

#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::proxy {
namespace {

using Outcome = RequestPlan::Outcome;

class RequestPlanTest : public testing::Test {
 protected:
  /// A request line with its fields, all but the last line end; the Host is an origin's with `*`.
  Outcome plan(std::string_view text) {
    bytes_.assign(text).append("\r\n\r\n");
    if (const auto star = bytes_.find('*'); star != bytes_.npos)
      bytes_.replace(star, 1, "Host: api.example.com.ccnproxy-https");
    http::RequestHead head;
    http::RequestHeadParser parser;
    EXPECT_EQ(parser.parse(bytes_, {8192, 100, 4096}, head).status, http::ParseStatus::complete)
        << bytes_;
    const auto framing = http::request_framing(head);
    EXPECT_TRUE(framing) << bytes_;
    const auto outcome = plan_.plan(bytes_, head, *framing,
                                    {config_, labels_, via_, 8080, statistics_, draining_, ids_});
    bytes_.assign(bytes_.size(), '-');  // the plan has a copy
    return outcome;
  }
  /// What the origin gets, less what this proxy adds to each: a word for each part.
  std::string sent() const {
    const auto& out = plan_.outgoing();
    auto text = std::string(out.method).append(" ").append(out.scheme).append("://");
    text.append(out.authority).append(out.path);
    for (const auto& field : out.fields) {
      if (field.id != http::FieldId::request_id && field.value != via_)
        text.append(" | ").append(field.name).append("=").append(field.value);
    }
    return text;
  }

  config::Config config_;
  route::LabelTable labels_{route::LabelTable::defaults()};
  const std::string via_ = "1.1 ccnproxy-0123";
  bool statistics_ = true;
  bool draining_ = false;
  RequestIds ids_;
  std::string bytes_;
  RequestPlan plan_;
};

TEST_F(RequestPlanTest, what_goes_to_the_origin) {
  config_.via = config::Via::append;
  const std::pair<std::string_view, std::string_view> table[] = {
      {"GET /a?b=c HTTP/1.1\r\n*", "GET https://api.example.com/a?b=c"},
      {"GET / HTTP/1.0\r\n*\r\nX: 1\r\nX: 2", "GET https://api.example.com/ | X=1 | X=2"},
      {"GET / HTTP/1.1\r\n*\r\nConnection: X, keep-alive\r\nX: 1\r\nKeep-Alive: 5",
       "GET https://api.example.com/"},
      {"GET http://h.test?q HTTP/1.1\r\nHost: h.test", "GET http://h.test/?q"},
      {"PUT / HTTP/1.1\r\n*\r\nContent-Length: 3\r\nContent-Type: a/b",
       "PUT https://api.example.com/ | Content-Type=a/b"},
      {"GET / HTTP/1.1\r\n*\r\nX-Ccnproxy-Debug: 1", "GET https://api.example.com/"},
      {"OPTIONS / HTTP/1.1\r\n*\r\nMax-Forwards: 7",
       "OPTIONS https://api.example.com/ | Max-Forwards=6"},
      {"POST / HTTP/1.1\r\n*\r\nContent-Length: 1\r\nExpect: 100-continue",
       "POST https://api.example.com/"},
  };
  for (const auto& [request, expected] : table) {
    EXPECT_EQ(plan(request), Outcome::forward) << request;
    EXPECT_EQ(sent(), expected) << request;
    EXPECT_TRUE(plan_.has_origin());
  }
}

TEST_F(RequestPlanTest, what_is_answered_here) {
  config_.limits.body_bytes = 10;
  const struct {
    std::string_view request;
    int status;
    Phase phase;
    ErrorType error = ErrorType::http_request_error;
  } table[] = {
      {"GET / HTTP/1.1", 400, Phase::request},
      {"GET / HTTP/1.1\r\nHost: nothing.test", 400, Phase::route},
      {"CONNECT h:443 HTTP/1.1\r\n*", 405, Phase::request},
      {"GET / HTTP/1.1\r\n*\r\nVia: 1.1 ccnproxy-0123", 508, Phase::route,
       ErrorType::proxy_loop_detected},
      {"GET / HTTP/1.1\r\n*\r\nCDN-Loop: ccnproxy-0123", 508, Phase::route,
       ErrorType::proxy_loop_detected},
      {"GET / HTTP/1.1\r\n*\r\nX-Chocon-Ver: 1", 508, Phase::route, ErrorType::proxy_loop_detected},
      {"GET / HTTP/1.1\r\n*\r\nExpect: a-miracle", 417, Phase::request},
      {"POST / HTTP/1.1\r\n*\r\nContent-Type: application/grpc\r\nContent-Length: 1", 501,
       Phase::request},
      {"OPTIONS / HTTP/1.1\r\n*\r\nMax-Forwards: x", 400, Phase::request},
      {"TRACE / HTTP/1.1\r\n*\r\nMax-Forwards: 0", 405, Phase::route},
      {"PUT / HTTP/1.1\r\n*\r\nContent-Length: 11", 413, Phase::request},
  };
  for (const auto& row : table) {
    EXPECT_EQ(plan(row.request), Outcome::reply) << row.request;
    EXPECT_EQ(plan_.reply().status, row.status) << row.request;
    EXPECT_EQ(plan_.reply().phase, row.phase) << row.request;
    EXPECT_EQ(plan_.reply().error, row.error) << row.request;
    EXPECT_FALSE(plan_.reply().text.empty()) << row.request;
  }
  EXPECT_EQ(plan("OPTIONS / HTTP/1.1\r\n*\r\nMax-Forwards: 0"), Outcome::reply);
  EXPECT_EQ(plan_.reply().status, 200);
  EXPECT_FALSE(plan_.reply().error) << "that is an answer";
}

TEST_F(RequestPlanTest, upgrades_are_made_where_they_are_on) {
  constexpr std::string_view get =
      "GET / HTTP/1.1\r\n*\r\nConnection: Upgrade\r\nUpgrade: websocket";
  config_.tunnel_upgrades = true;
  EXPECT_EQ(plan(get), Outcome::forward);
  EXPECT_TRUE(plan_.is_upgrade());
  EXPECT_EQ(plan_.outgoing().upgrade, "websocket");
  EXPECT_EQ(plan(std::string(get) + "\r\nContent-Length: 1"), Outcome::reply);
  EXPECT_EQ(plan_.reply().status, 501);
  config_.tunnel_upgrades = false;
  EXPECT_EQ(plan(get), Outcome::reply);
  EXPECT_EQ(plan_.reply().status, 501);
}

TEST_F(RequestPlanTest, own_paths_without_a_label) {
  EXPECT_EQ(plan("GET /hc HTTP/1.1\r\nHost: here"), Outcome::reply);
  EXPECT_EQ(plan_.reply().status, 200);
  EXPECT_EQ(plan_.reply().text, "OK");
  draining_ = true;
  EXPECT_EQ(plan("HEAD /hc?x HTTP/1.1\r\nHost: here"), Outcome::reply);
  EXPECT_EQ(plan_.reply().status, 503);
  EXPECT_FALSE(plan_.reply().error);
  EXPECT_EQ(plan("GET /hc HTTP/1.1\r\n*"), Outcome::forward) << "that is the origin's";
  EXPECT_EQ(plan("GET /.api/http-stats HTTP/1.1\r\nHost: here"), Outcome::statistics);
  EXPECT_EQ(plan("POST /hc HTTP/1.1\r\nHost: here"), Outcome::reply);
  EXPECT_TRUE(plan_.reply().error);
  statistics_ = false;
  EXPECT_EQ(plan("GET /.api/http-stats HTTP/1.1\r\nHost: here"), Outcome::reply);
  EXPECT_TRUE(plan_.reply().error);
}

TEST_F(RequestPlanTest, nothing_is_left_of_the_request_before) {
  plan(
      "POST / HTTP/1.1\r\n*\r\nIdempotency-Key: k\r\nExpect: 100-continue\r\nTE: trailers\r\n"
      "Authorization: NTLM x\r\nX-Ccnproxy-Debug: 1\r\nTransfer-Encoding: chunked\r\n"
      "X-Chocon-Req: mine");
  EXPECT_TRUE(plan_.idempotent());
  EXPECT_TRUE(plan_.expects_continue());
  EXPECT_TRUE(plan_.wants_debug());
  EXPECT_TRUE(plan_.is_login());
  EXPECT_TRUE(plan_.outgoing().accepts_trailers);
  EXPECT_EQ(plan_.request_id(), "mine");

  plan("POST / HTTP/1.1\r\n*");
  EXPECT_FALSE(plan_.idempotent());
  EXPECT_FALSE(plan_.expects_continue());
  EXPECT_FALSE(plan_.wants_debug());
  EXPECT_FALSE(plan_.is_login());
  EXPECT_FALSE(plan_.outgoing().accepts_trailers);
  EXPECT_FALSE(plan_.outgoing().has_body());
  EXPECT_EQ(plan_.request_id().size(), 24u);
}

TEST_F(RequestPlanTest, the_log_gets_what_can_be_told_of_a_line_that_is_refused) {
  plan_.refuse("GET /path rubbish\r\nHost: x");
  EXPECT_EQ(plan_.head().method, "GET");
  EXPECT_EQ(plan_.head().target, "/path");
  plan_.refuse("\x16\x03\x01");
  EXPECT_EQ(plan_.head().method, "\x16\x03\x01");
  EXPECT_EQ(plan_.head().target, "");
  EXPECT_EQ(plan_.request_id(), "");
  EXPECT_FALSE(plan_.has_origin());
}

}  // namespace
}  // namespace ccnproxy::proxy
