#include "ccnproxy/http/field_rules.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

using namespace std::string_view_literals;

Field field(std::string_view name, std::string_view value = "v") {
  return {name, value, field_id(name)};
}

TEST(HopByHop, drops_what_is_for_this_connection_only) {
  const Fields fields;
  const HopByHop hop(fields);
  for (const char* name :
       {"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade",
        "Proxy-Authenticate", "Proxy-Authorization", "HTTP2-Settings", "keep-ALIVE"}) {
    EXPECT_TRUE(hop.drops(field(name))) << name;
  }
}

TEST(HopByHop, F119_keeps_everything_else) {
  const Fields fields = {field("Connection", "close, Keep-Alive, upgrade, TE")};
  const HopByHop hop(fields);
  for (const char* name : {"Host", "Content-Length", "Date", "Via", "Expect", "Trailer", "Cookie",
                           "Set-Cookie", "Authorization", "Accept-Encoding", "User-Agent", "Range",
                           "Idempotency-Key", "X-Forwarded-For", "Close", "Keep", "Trailers"}) {
    EXPECT_EQ(hop.drops(field(name)), std::string_view(name) == "Close") << name;
  }
}

struct Named {
  std::string_view connection;
  std::string_view name;
  bool dropped;
};

TEST(HopByHop, F086_drops_what_connection_names_but_not_what_frames_or_routes) {
  const std::vector<Named> cases = {
      {"x-secret", "X-Secret", true},
      {"close, X-SECRET", "x-secret", true},
      {" ,, \tx-secret\t, ", "X-Secret", true},
      {"x-secret", "X-Secret-2", false},
      {"x-secret-2", "X-Secret", false},
      {"x-secret x-other", "X-Other", false},
      {"cookie", "Cookie", true},
      {"host", "Host", false},
      {"content-length", "Content-Length", false},
      {"via", "Via", false},
      {"date", "Date", false},
      {"expect", "Expect", false},
      {"idempotency-key", "Idempotency-Key", false},
      {"x-forwarded-for", "X-Forwarded-For", false},
      {"X-Forwarded-Proto", "x-forwarded-proto", false},
      {"x-forwarded", "X-Forwarded", true},
      {"forwarded", "Forwarded", false},
      {"transfer-encoding", "Transfer-Encoding", true},
      {"", "X-Secret", false},
  };
  for (const Named& c : cases) {
    const Fields fields = {field("Connection", c.connection)};
    EXPECT_EQ(HopByHop(fields).drops(field(c.name)), c.dropped) << c.connection << " / " << c.name;
  }
}

TEST(HopByHop, F086_reads_every_connection_field) {
  const Fields fields = {field("Connection", "close"), field("A"), field("connection", "a"),
                         field("B"), field("Connection", "b")};
  const HopByHop hop(fields);
  EXPECT_TRUE(hop.drops(fields[1]));
  EXPECT_TRUE(hop.drops(fields[3]));
  EXPECT_FALSE(hop.drops(field("C")));
}

TEST(Trailers, F114_carry_nothing_that_frames_routes_or_authenticates) {
  for (const char* name : {"Content-Length",
                           "Transfer-Encoding",
                           "Host",
                           "Connection",
                           "Trailer",
                           "TE",
                           "Upgrade",
                           "Via",
                           "Date",
                           "Expect",
                           "Content-Type",
                           "content-encoding",
                           "Content-Range",
                           "Authorization",
                           "Proxy-Authorization",
                           "WWW-Authenticate",
                           "Set-Cookie",
                           "Cookie",
                           "Cache-Control",
                           "Pragma",
                           "Range",
                           "If-Match",
                           "If-None-Match",
                           "Max-Forwards",
                           "Age",
                           "Expires",
                           "Location",
                           "Retry-After",
                           "Vary",
                           "X-Forwarded-For",
                           "Forwarded",
                           "Idempotency-Key",
                           "Keep-Alive"}) {
    EXPECT_FALSE(trailer_allowed(field(name))) << name;
  }
  for (const char* name :
       {"X-Checksum", "Server-Timing", "ETag", "Grpc-Status", "grpc-message", "Digest",
        "x-amz-checksum-crc32", "Authentication-Info", "Proxy-Status"}) {
    EXPECT_TRUE(trailer_allowed(field(name))) << name;
  }
}

TEST(Idempotence, is_by_method_and_case_sensitive) {
  for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
    EXPECT_TRUE(is_idempotent(method)) << method;
  }
  for (const char* method : {"POST", "PATCH", "CONNECT", "get", "Put", "", "GETX", "GE", "LINK"}) {
    EXPECT_FALSE(is_idempotent(method)) << method;
  }
}

TEST(ReasonPhrase, is_the_registered_one) {
  const std::vector<std::pair<std::uint16_t, std::string_view>> cases = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {103, "Early Hints"},
      {200, "OK"},
      {204, "No Content"},
      {206, "Partial Content"},
      {226, "IM Used"},
      {304, "Not Modified"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {405, "Method Not Allowed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {431, "Request Header Fields Too Large"},
      {451, "Unavailable For Legal Reasons"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {508, "Loop Detected"},
      {511, "Network Authentication Required"},
      {0, ""},
      {99, ""},
      {199, ""},
      {299, ""},
      {306, ""},
      {418, ""},
      {509, ""},
      {600, ""},
      {999, ""}};
  for (const auto& [status, phrase] : cases) EXPECT_EQ(reason_phrase(status), phrase) << status;
}

TEST(ReasonPhrase, of_every_registered_status_can_stand_in_a_status_line) {
  int registered = 0;
  for (std::uint16_t status = 0; status < 1000; ++status) {
    const std::string_view phrase = reason_phrase(status);
    registered += phrase.empty() ? 0 : 1;
    for (const char c : phrase) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << status;
  }
  EXPECT_EQ(registered, 62);
}

TEST(SfString, is_quoted_escaped_and_printable_ascii_only) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"", "\"\""},
      {"plain text", "\"plain text\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {"a\r\nX: y", "\"aX: y\""},
      {"a\0b\x1f\x7f\t"sv, "\"ab\""},
      {"caf\xc3\xa9", "\"caf\""},
      {" ~", "\" ~\""},
  };
  for (const auto& [value, expected] : cases) {
    std::string out = "=";
    append_sf_string(out, value);
    EXPECT_EQ(out, "=" + std::string(expected));
  }
}

TEST(ProxyStatus, F107_names_the_type_and_the_details) {
  EXPECT_EQ(proxy_status("dns_error", "no such \"name\"\r\n"),
            "ccnproxy; error=dns_error; details=\"no such \\\"name\\\"\"");
  EXPECT_EQ(proxy_status("connection_refused", ""), "ccnproxy; error=connection_refused");
}

}  // namespace
}  // namespace ccnproxy::http
