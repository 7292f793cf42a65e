#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/field_rules.h"

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using namespace std::string_view_literals;

TEST(Host, F121_takes_names_addresses_and_ports) {
  for (const std::string_view host : {"a"sv,
                                      "a.example"sv,
                                      "API.Example.COM"sv,
                                      "a.example."sv,
                                      "a_b.example"sv,
                                      "a-b.example"sv,
                                      "xn--bcher-kva.example"sv,
                                      "1.2.3.4"sv,
                                      "1.2.3.4:80"sv,
                                      "a.example:443"sv,
                                      "a.example:65535"sv,
                                      "a.example:0443"sv,
                                      "a.example:"sv,
                                      "a..b"sv,
                                      "~!$&'()*+;="sv,
                                      "[::1]"sv,
                                      "[::1]:8443"sv,
                                      "[2001:DB8::1]"sv,
                                      "[::ffff:1.2.3.4]"sv,
                                      "[::1].ccnproxy-https"sv,
                                      "[2001:db8::1].ccnproxy-https.local:3000"sv,
                                      "api.example.com.ccnproxy-https:8443"sv,
                                      "[::1]:"sv}) {
    EXPECT_TRUE(is_valid_host(host)) << host;
  }
}

TEST(Host, F079_F121_takes_nothing_else) {
  for (const std::string_view host :
       {""sv,
        ":"sv,
        ":80"sv,
        "a:b"sv,
        "a:-1"sv,
        "a:+1"sv,
        "a: 1"sv,
        "a:1 "sv,
        "a:65536"sv,
        "a:99999999999999999999"sv,
        "a:1:2"sv,
        "a b"sv,
        " a"sv,
        "a "sv,
        "a\tb"sv,
        "a\0b"sv,
        "a\x7f"sv,
        "a\r\n"sv,
        "a/b"sv,
        "a?b"sv,
        "a#b"sv,
        "a@b"sv,
        "u:p@b"sv,
        "@a"sv,
        "a\\b"sv,
        "a,b"sv,
        "a%41"sv,
        "a%00b"sv,
        "%"sv,
        "\"a\""sv,
        "<a>"sv,
        "a^b"sv,
        "a`b"sv,
        "{a}"sv,
        "a|b"sv,
        "b\xc3\xbc"sv,
        "http://a"sv,
        "//a"sv,
        "::1"sv,
        "[::1"sv,
        "::1]"sv,
        "[]"sv,
        "[::1]x"sv,
        "[::1]80"sv,
        "[::1]:x"sv,
        "[::1]:65536"sv,
        "[::1]."sv,
        "[::1].:80"sv,
        "[::1].a/b"sv,
        "[::1]/"sv,
        "[1.2.3.4]"sv,
        "[a.example]"sv,
        "[::1%25eth0]"sv,
        "[::1%eth0]"sv,
        "[v1.a]"sv,
        "[[::1]]"sv,
        "[::1\0]"sv,
        "[1:2:3:4:5:6:7:8:9]"sv,
        "[ ::1]"sv,
        "a[::1]"sv,
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]"sv}) {
    EXPECT_FALSE(is_valid_host(host)) << test::printable(host);
  }
}

TEST(Host, F121_judges_every_byte) {
  constexpr std::string_view taken =
      "-._~!$&'()*+;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string host = std::string("a") + c + "b";
    EXPECT_EQ(is_valid_host(host), taken.find(c) != std::string_view::npos)
        << test::printable(host);
  }
}

}  // namespace
}  // namespace ccnproxy::http
