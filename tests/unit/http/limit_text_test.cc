// A limit is told with its key and value.

#include "ccnproxy/http/limit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

using testing::HasSubstr;

constexpr HeadLimits limits{4096, 3, 1000};

std::string said_of_request(const std::string& head) {
  RequestHead parsed;
  return reason_text(RequestHeadParser().parse(head, limits, parsed), limits);
}

std::string said_of_response(const std::string& head) {
  ResponseHead parsed;
  return reason_text(ResponseHeadParser().parse(head, limits, parsed), limits);
}

TEST(LimitText, each_limit_of_a_head) {
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string fields = "a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n\r\n";
  const std::string large = "a: " + std::string(5000, 'x') + "\r\n\r\n";
  EXPECT_THAT(said_of_request("GET /" + std::string(1200, 'x') + " HTTP/1.1\r\n\r\n"),
              HasSubstr("(limits.target_bytes is 1000 bytes)"));
  EXPECT_THAT(said_of_request(line + fields), HasSubstr("(limits.headers is 3)"));
  EXPECT_THAT(said_of_request(line + large), HasSubstr("(limits.head_bytes is 4 KiB)"));
  EXPECT_THAT(said_of_response("HTTP/1.1 200 OK\r\n" + fields), HasSubstr("(limits.headers is 3)"));
  EXPECT_THAT(said_of_response("HTTP/1.1 200 OK\r\n" + large),
              HasSubstr("(limits.head_bytes is 4 KiB)"));
}

TEST(LimitText, what_is_malformed_has_no_limit) {
  EXPECT_EQ(said_of_request("GET / HTTP/1.1\r\na b: 1\r\n\r\n").find("limits."), std::string::npos);
  EXPECT_EQ(said_of_response("HTTP/1.1 2 OK\r\n\r\n").find("limits."), std::string::npos);
}

}  // namespace
}  // namespace ccnproxy::http
