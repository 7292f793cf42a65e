#include "ccnproxy/proxy/unsupported_request.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using Lines = std::vector<std::pair<std::string_view, std::string_view>>;

http::RequestHead with(const Lines& lines, http::Version version = http::Version::http11) {
  http::RequestHead head;
  head.method = "GET";
  head.target = "/";
  head.version = version;
  for (const auto& [name, value] : lines)
    head.fields.push_back({name, value, http::field_id(name)});
  return head;
}

TEST(WantedUpgrade, F122_needs_both_fields_and_http_1_1) {
  EXPECT_EQ(wanted_upgrade(with({{"Connection", "Upgrade"}, {"Upgrade", "websocket"}})),
            "websocket");
  EXPECT_EQ(wanted_upgrade(with({{"upgrade", "a/1, b"}, {"connection", "x, UPGRADE"}})), "a/1, b");
  EXPECT_EQ(
      wanted_upgrade(with({{"Connection", "upgrade"}, {"Upgrade", "a"}, {"Upgrade", ", b ,"}})),
      "a, b");
  EXPECT_EQ(wanted_upgrade(with({{"Upgrade", "websocket"}})), "");
  EXPECT_EQ(wanted_upgrade(with({{"Connection", "close"}, {"Upgrade", "websocket"}})), "");
  EXPECT_EQ(wanted_upgrade(with({{"Connection", "upgrade"}})), "");
  EXPECT_EQ(wanted_upgrade(with({{"Connection", "upgrade"}, {"Upgrade", ""}})), "");
  EXPECT_EQ(wanted_upgrade(
                with({{"Connection", "upgrade"}, {"Upgrade", "websocket"}}, http::Version::http10)),
            "");
}

TEST(WantedUpgrade, F122_other_versions_of_http_are_passed_over) {
  for (const std::string_view own : {"h2c", "H2C", "HTTP/2.0", "TLS/1.0", "h2c, TLS/1.2"})
    EXPECT_EQ(wanted_upgrade(with({{"Connection", "Upgrade"}, {"Upgrade", own}})), "") << own;
  EXPECT_EQ(wanted_upgrade(with({{"Connection", "Upgrade"}, {"Upgrade", "h2c, websocket"}})),
            "websocket");
  EXPECT_EQ(wanted_upgrade(with({{"Connection", "Upgrade"}, {"Upgrade", "h2cx"}})), "h2cx");
}

TEST(UnsupportedRequest, F111_expectations_other_than_100_continue) {
  for (const std::string_view met : {"100-continue", "100-CONTINUE", "", " , 100-continue"})
    EXPECT_FALSE(find_unsupported(with({{"Expect", met}}))) << met;
  for (const std::string_view other : {"200-ok", "100-continue=1", "100-continue, a", "100"}) {
    const auto found = find_unsupported(with({{"Expect", other}}));
    ASSERT_TRUE(found) << other;
    EXPECT_EQ(found->status, 417);
  }
}

TEST(UnsupportedRequest, F122_grpc_but_not_grpc_web) {
  for (const std::string_view grpc :
       {"application/grpc", "Application/GRPC", "application/grpc+json",
        "application/grpc; charset=x", "application/grpc ;x"}) {
    const auto found = find_unsupported(with({{"content-type", grpc}}));
    ASSERT_TRUE(found) << grpc;
    EXPECT_EQ(found->status, 501);
    EXPECT_NE(found->reason.find("HTTP/2"), std::string_view::npos);
  }
  for (const std::string_view other :
       {"application/grpc-web", "application/grpc-web+proto", "application/grpcx",
        "application/json", "", "text/application/grpc"})
    EXPECT_FALSE(find_unsupported(with({{"Content-Type", other}}))) << other;
}

}  // namespace
}  // namespace ccnproxy::proxy
