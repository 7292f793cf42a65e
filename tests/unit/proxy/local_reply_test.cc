// Replies of the daemon itself (docs/errors.md).

#include "ccnproxy/proxy/local_reply.h"

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::proxy {
namespace {

using testing::HasSubstr;
using testing::Not;

struct StatusCase {
  ErrorType type;
  std::uint16_t status;
};

void PrintTo(const StatusCase& tested, std::ostream* out) { *out << to_string(tested.type); }

class StatusOf : public testing::TestWithParam<StatusCase> {};

TEST_P(StatusOf, F107_each_cause_has_its_status) {
  EXPECT_EQ(status_of(Error{GetParam().type, Side::origin, Phase::tcp, Proof::unknown, ""}),
            GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(
    Table, StatusOf,
    testing::Values(StatusCase{ErrorType::dns_timeout, 504}, StatusCase{ErrorType::dns_error, 502},
                    StatusCase{ErrorType::destination_ip_prohibited, 403},
                    StatusCase{ErrorType::destination_ip_unroutable, 502},
                    StatusCase{ErrorType::connection_refused, 502},
                    StatusCase{ErrorType::connection_terminated, 502},
                    StatusCase{ErrorType::connection_timeout, 504},
                    StatusCase{ErrorType::connection_limit_reached, 503},
                    StatusCase{ErrorType::tls_protocol_error, 502},
                    StatusCase{ErrorType::tls_certificate_error, 502},
                    StatusCase{ErrorType::tls_alert_received, 502},
                    StatusCase{ErrorType::http_request_denied, 403},
                    StatusCase{ErrorType::http_response_incomplete, 502},
                    StatusCase{ErrorType::http_response_header_section_size, 502},
                    StatusCase{ErrorType::http_response_timeout, 504},
                    StatusCase{ErrorType::http_protocol_error, 502},
                    StatusCase{ErrorType::proxy_loop_detected, 508}),
    [](const auto& of) { return std::string(to_string(of.param.type)); });

TEST(StatusOf, F107_no_cause_is_a_success) {
  for (int t = 0; t <= static_cast<int>(ErrorType::proxy_loop_detected); ++t) {
    const auto status =
        status_of(Error{static_cast<ErrorType>(t), Side::us, Phase::request, Proof::unknown, ""});
    EXPECT_GE(status, 400) << t;
    EXPECT_LE(status, 511) << t;
  }
}

/// The message and, read by the parser, its head.
struct Message {
  explicit Message(const LocalReplyMessage& response) {
    append_local_reply(text, response);
    const auto result = http::ResponseHeadParser().parse(text, {}, head);
    EXPECT_EQ(result.status, http::ParseStatus::complete) << result.reason;
    body = text.substr(result.consumed);
  }
  std::string field(std::string_view name) const {
    const auto* f = http::find(head.fields, name);
    return f ? std::string(f->value) : "(none)";
  }
  std::string text;
  http::ResponseHead head;
  std::string body;
};

LocalReplyMessage failed_lookup() {
  LocalReplyMessage response;
  response.status = 502;
  response.error_type = "dns_error";
  response.text = "api.example.test: no such name";
  response.request_id_name = "X-Chocon-Req";
  response.request_id = "abc123";
  return response;
}

TEST(LocalReply, F060_says_in_a_field_and_in_words_that_it_is_the_proxys) {
  const Message m(failed_lookup());
  EXPECT_EQ(m.head.status, 502);
  EXPECT_EQ(m.head.reason, "Bad Gateway");
  EXPECT_EQ(m.field("Proxy-Status"),
            "ccnproxy; error=dns_error; details=\"api.example.test: no such name\"");
  EXPECT_EQ(m.field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(m.field("X-Chocon-Req"), "abc123");
  EXPECT_EQ(m.field("Connection"), "(none)");
  EXPECT_EQ(m.body, "api.example.test: no such name\n");
  EXPECT_EQ(m.field("Content-Length"), std::to_string(m.body.size()));
}

TEST(LocalReply, F133_has_a_date_where_one_is_given) {
  LocalReplyMessage response = failed_lookup();
  EXPECT_EQ(Message(response).field("Date"), "(none)");
  response.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  EXPECT_EQ(Message(response).field("Date"), response.date);
}

TEST(LocalReply, what_is_no_error_says_nothing_of_one) {
  LocalReplyMessage response;
  response.text = "OK";
  const Message m(response);
  EXPECT_EQ(m.head.status, 200);
  EXPECT_EQ(m.field("Proxy-Status"), "(none)");
  EXPECT_THAT(m.text, Not(HasSubstr("\r\n: ")));
  EXPECT_EQ(m.body, "OK\n");
}

TEST(LocalReply, F113_to_head_it_says_the_length_and_sends_no_body) {
  auto response = failed_lookup();
  response.head_only = true;
  const Message m(response);
  EXPECT_EQ(m.field("Content-Length"), std::to_string(response.text.size() + 1));
  EXPECT_EQ(m.body, "");
}

TEST(LocalReply, F096_a_503_says_when_to_come_again) {
  auto response = failed_lookup();
  EXPECT_EQ(Message(response).field("Retry-After"), "(none)");
  response.status = 503;
  EXPECT_EQ(Message(response).field("Retry-After"), "1");
}

TEST(LocalReply, F122_a_405_says_what_is_allowed) {
  auto response = failed_lookup();
  response.status = 405;
  const auto allow = Message(response).field("Allow");
  EXPECT_THAT(allow, HasSubstr("GET"));
  EXPECT_THAT(allow, HasSubstr("POST"));
  EXPECT_THAT(allow, Not(HasSubstr("CONNECT")));
}

TEST(LocalReply, an_answer_to_options_says_what_is_allowed) {
  LocalReplyMessage response;
  response.text = "OK";
  EXPECT_EQ(Message(response).field("Allow"), "(none)");
  response.tells_methods = true;
  EXPECT_THAT(Message(response).field("Allow"), HasSubstr("POST"));
}

TEST(LocalReply, F110_says_whether_the_connection_stays) {
  auto response = failed_lookup();
  response.close = true;
  EXPECT_EQ(Message(response).field("Connection"), "close");
  response.http10_keep_alive = true;
  EXPECT_EQ(Message(response).field("Connection"), "close") << "close wins";
  response.close = false;
  EXPECT_EQ(Message(response).field("Connection"), "keep-alive");
}

TEST(LocalReply, F104_text_from_outside_can_not_add_a_field) {
  auto response = failed_lookup();
  response.text = "bad \"name\"\r\nSet-Cookie: x=1\r\n\r\n";
  const Message m(response);
  EXPECT_EQ(m.field("Set-Cookie"), "(none)");
  EXPECT_EQ(m.field("Proxy-Status"),
            "ccnproxy; error=dns_error; details=\"bad \\\"name\\\"Set-Cookie: x=1\"");
  EXPECT_EQ(m.field("Content-Length"), std::to_string(m.body.size()));
}

TEST(LocalReply, appends_to_what_is_there) {
  std::string out = "HTTP/1.1 100 Continue\r\n\r\n";
  const auto before = out;
  append_local_reply(out, failed_lookup());
  EXPECT_TRUE(out.starts_with(before + "HTTP/1.1 502 "));
}

}  // namespace
}  // namespace ccnproxy::proxy
