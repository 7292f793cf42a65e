// How a response is framed and named for its client.

#include "ccnproxy/proxy/response_writer.h"

#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::proxy {
namespace {

using Kind = http::BodyFraming::Kind;
using State = ResponseWriter::State;
using origin::Protocol;

class ResponseWriterTest : public testing::Test {
 protected:
  ResponseWriterTest() {
    config_.request_id_header = "X-Request-Id";
    config_.field_case = config::FieldCase::as_received;
    response_.status = 200;
    response_.fields = {{"date", "Thu", http::FieldId::date}};
    ask("GET", "HTTP/1.1");
  }
  void ask(const std::string& method, const std::string& version, const std::string& more = "") {
    const auto bytes = method + " / " + version +
                       "\r\nHost: a.test.ccnproxy\r\nX-Request-Id: 7\r\n" + more + "\r\n";
    http::RequestHead head;
    http::RequestHeadParser().parse(bytes, {8192, 100, 4096}, head);
    plan_.plan(bytes, head, {}, {config_, labels_, "1.1 us", 0, false, false, ids_});
    output_.clear();
    writer_ = ResponseWriter(output_, plan_, config_, "1.1 us");
  }
  /// What stands between the fields of each response and the empty line.
  std::string begin(const http::BodyFraming& framing, bool may_persist = true,
                    Protocol protocol = Protocol::http2) {
    writer_.begin(response_, framing, protocol, {"now", "", may_persist});
    const auto& text = output_.front();
    const std::string before = "X-Request-Id: 7\r\n";
    auto rest = text.substr(text.find(before) + before.size());
    EXPECT_TRUE(rest.ends_with("\r\n"));
    rest.resize(rest.size() - 2);
    return rest;
  }
  static http::BodyFraming length(std::uint64_t n) {
    return {n > 0 ? Kind::length : Kind::none, n, true, n, false};
  }

  config::Config config_;
  route::LabelTable labels_{route::LabelTable::defaults()};
  RequestIds ids_;
  OutputSteps steps_;
  ClientOutput output_{steps_};
  RequestPlan plan_;
  ResponseWriter writer_;
  http::ResponseHead response_;
};

TEST_F(ResponseWriterTest, a_body_is_framed_as_the_client_takes_it) {
  const http::BodyFraming unknown{.kind = Kind::chunked};
  EXPECT_EQ(begin(length(5)), "Content-Length: 5\r\n");
  ask("GET", "HTTP/1.1");
  EXPECT_EQ(begin(length(0)), "Content-Length: 0\r\n");
  ask("GET", "HTTP/1.1");
  EXPECT_EQ(begin(unknown), "Transfer-Encoding: chunked\r\n");
  EXPECT_TRUE(writer_.keeps_alive());
  ask("GET", "HTTP/1.0", "Connection: keep-alive\r\n");
  EXPECT_EQ(begin(length(5)), "Content-Length: 5\r\nConnection: keep-alive\r\n");
  ask("GET", "HTTP/1.0", "Connection: keep-alive\r\n");
  EXPECT_EQ(begin(unknown), "Connection: close\r\n") << "the end is the connection's";
  EXPECT_FALSE(writer_.keeps_alive());
  ask("HEAD", "HTTP/1.1");
  EXPECT_EQ(begin(length(5)), "Content-Length: 5\r\n") << "as GET would have had";
  EXPECT_FALSE(writer_.expects_body());
}

TEST_F(ResponseWriterTest, says_when_the_connection_ends) {
  EXPECT_EQ(begin(length(5), false), "Content-Length: 5\r\nConnection: close\r\n");
  ask("GET", "HTTP/1.1");
  writer_.end_connection();
  EXPECT_EQ(begin(length(5)), "Content-Length: 5\r\nConnection: close\r\n");
  ask("GET", "HTTP/1.1", "Connection: close\r\n");
  EXPECT_EQ(begin(length(5)), "Content-Length: 5\r\nConnection: close\r\n");
}

TEST_F(ResponseWriterTest, puts_its_fields_behind_the_origins) {
  response_.fields = {{"x-a", "1", http::FieldId::other},
                      {"connection", "x-b", http::FieldId::connection},
                      {"x-b", "2", http::FieldId::other}};
  begin(length(1));
  EXPECT_EQ(output_.front(),
            "HTTP/1.1 200 OK\r\nx-a: 1\r\nDate: now\r\nVia: 1.1 us\r\nX-Request-Id: 7\r\n"
            "Content-Length: 1\r\n\r\n");
  config_.field_case = config::FieldCase::canonical;
  ask("GET", "HTTP/1.1");
  begin(length(1));
  EXPECT_NE(output_.front().find("\r\nX-A: 1\r\n"), std::string::npos);
  ask("GET", "HTTP/1.1");
  begin(length(1), true, Protocol::http1);
  EXPECT_NE(output_.front().find("\r\nx-a: 1\r\n"), std::string::npos)
      << "as the origin spelled it";
}

TEST_F(ResponseWriterTest, ends_no_sooner_than_declared) {
  begin(length(5));
  writer_.body("abcd");
  EXPECT_FALSE(writer_.end({}));
  writer_.body("e");
  EXPECT_TRUE(writer_.end({}));
  EXPECT_EQ(writer_.bytes(), 5u);
}

TEST_F(ResponseWriterTest, passes_trailers_on_to_a_client_that_takes_them) {
  const http::Fields trailers = {{"x-sum", "1", http::FieldId::other}};
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(writer_.end(trailers));
  EXPECT_EQ(output_.back(), "0\r\n\r\n");
  ask("GET", "HTTP/1.1", "TE: trailers\r\n");
  begin({.kind = Kind::chunked});
  EXPECT_TRUE(writer_.end(trailers));
  EXPECT_EQ(output_.back(), "0\r\nx-sum: 1\r\n\r\n");
}

TEST_F(ResponseWriterTest, interim_responses_are_for_http11_and_before_the_final_one) {
  response_.status = 103;
  ask("GET", "HTTP/1.0");
  writer_.interim(response_, Protocol::http1);
  EXPECT_EQ(output_.front(), "");
  ask("GET", "HTTP/1.1");
  writer_.interim(response_, Protocol::http1);
  EXPECT_EQ(output_.front(), "HTTP/1.1 103 Early Hints\r\ndate: Thu\r\n\r\n");
  EXPECT_EQ(writer_.state(), State::nothing);
}

TEST_F(ResponseWriterTest, a_reply_takes_the_place_of_a_head_that_never_left) {
  begin(length(5));
  writer_.body("abc");
  EXPECT_EQ(writer_.state(), State::begun);
  writer_.make_room();
  writer_.reply({502, "no", ErrorType::connection_terminated}, "now");
  EXPECT_EQ(output_.front().rfind("HTTP/1.1 502 ", 0), 0u);
  EXPECT_EQ(writer_.bytes(), 3u) << "its text and a line end";
  EXPECT_EQ(writer_.state(), State::flushed);
  EXPECT_TRUE(writer_.keeps_alive());
}

}  // namespace
}  // namespace ccnproxy::proxy
