// What the daemon's own log says of origins.
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// The daemon looks each ten seconds, and twice before it speaks.
Deadline some_looks() { return Deadline(std::chrono::seconds(90)); }

TEST(OriginLog, warns_of_origins_that_fail_and_of_those_that_can_not_be_reached) {
  OneOrigin proxy("http/1.1", Service(standard_answers),
                  [](DaemonConfig& config) { config.origin("refuses.example", "127.0.0.1:1"); });
  RawClient client = proxy.connect();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.roundtrip(head("GET /status/503 HTTP/1.1", proxy.label_host)).status, 503);
    EXPECT_EQ(client.roundtrip(head("GET / HTTP/1.1", "refuses.example.ccnproxy")).status, 502);
  }
  const auto failing =
      proxy.daemon->wait_for_log("origin https://api.test has been failing for ", 0, some_looks());
  EXPECT_THAT(failing, HasSubstr(" warning origin "));
  EXPECT_THAT(failing, HasSubstr(": the origin answered 503, 100 % of 3 in 5 min. To try it: "
                                 "ccnproxy probe https://api.test"));
  const auto unreachable = proxy.daemon->wait_for_log(
      "origin http://refuses.example has been unreachable for ", 0, some_looks());
  EXPECT_THAT(unreachable, HasSubstr("refused"));
}

}  // namespace
}  // namespace ccnproxy::integration
