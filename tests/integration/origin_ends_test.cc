// Origins that end their connections at the wrong moment: how often they are dialled, as they count
// it, and what becomes of requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/http2_frame.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

DaemonConfig ready_config() {
  return one_worker().with_admin().set("pool.min_ready", "3").set("timeouts.response_head", "5s");
}

std::string pools_of(const DaemonProcess& daemon) {
  return RawClient(daemon.admin_address()).get("admin", "/pools").body;
}

/// Waits until /pools has this text.
std::string await_pools(const DaemonProcess& daemon, const std::string& text) {
  for (const Deadline deadline;;) {
    auto pools = pools_of(daemon);
    if (pools.find(text) != pools.npos) return pools;
    if (deadline.passed()) throw Failure("/pools never said " + text + ": " + pools);
  }
}

struct EndCase {
  const char* name;
  const char* alpn;
  void (*end)(OriginConnection&);
};

void PrintTo(const EndCase& c, std::ostream* out) { *out << c.name; }

class EndsAfterTls : public ::testing::TestWithParam<EndCase> {};

/// Each dial comes later than the one before: by the sixth of a series 3.1 s have passed at least
/// 1.5 s, whatever number of connections is wanted, and this machine's speed does not matter.
TEST_P(EndsAfterTls, F147_is_a_dial_that_failed_and_is_held_back) {
  ScriptedOrigin origin(speaking({GetParam().alpn}), GetParam().end);
  Proxy proxy(ready_config().origin("api.test", origin.endpoint(), pki().ca_file()));
  RawClient client = proxy.client();
  client.send(get_request());
  EXPECT_EQ(client.read_response().status, 502);
  // The request's own, its retries' and three ahead of need go before the first failure is seen.
  origin.wait_for_handshakes(6);
  const auto pools = await_pools(proxy.daemon, "\"next_dial_s\":0.");
  EXPECT_THAT(pools, HasSubstr("before its first answer"));
  EXPECT_THAT(pools, HasSubstr("\"wanted\":"));
  await_pools(proxy.daemon, "\"next_dial_s\":1.");  // it doubles
  EXPECT_LE(origin.handshakes(), 6U + 6U);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EndsAfterTls,
    ::testing::Values(EndCase{"http1_close_notify", "http/1.1", [](auto& c) { c.close(); }},
                      EndCase{"http1_FIN", "http/1.1", [](auto& c) { c.close_without_notify(); }},
                      EndCase{"http1_RST", "http/1.1", [](auto& c) { c.reset(); }},
                      EndCase{"h2_close_notify", "h2", [](auto& c) { c.close(); }},
                      EndCase{"h2_FIN", "h2", [](auto& c) { c.close_without_notify(); }},
                      EndCase{"h2_RST", "h2", [](auto& c) { c.reset(); }},
                      EndCase{"h2_SETTINGS", "h2",
                              [](auto& c) { c.write(h2::encode_settings({})); }},
                      EndCase{"h2_GOAWAY", "h2",
                              [](auto& c) {
                                c.write(h2::encode_settings({}) + h2::encode_goaway(0, 0));
                                c.read_to_end();
                              }},
                      EndCase{"h2_speaks_http1", "h2",
                              [](auto& c) { c.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }}),
    [](const auto& tested) { return std::string(tested.param.name); });

/// What a client sees that talks to it directly, with a connection for each: no failure.
TEST(ClosesAfterResponses, F124_posts_one_after_another_fail_no_more_after_a_few) {
  ScriptedOrigin origin(speaking({"http/1.1"}), [](OriginConnection& c) {
    c.read_request();
    c.respond(200, "ok");
    c.stream().pause(Patience(20));  // and has not said so
    c.close_without_notify();
  });
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), pki().ca_file()));
  RawClient client = proxy.client();
  int failed = 0;
  for (int i = 0; i < 60; ++i) {
    client.send(post_request("/", "money"));
    const bool good = client.read_response().status == 200;
    if (i >= 20) {
      EXPECT_TRUE(good) << "POST " << i;
    }
    failed += good ? 0 : 1;
  }
  EXPECT_LT(failed, 20);
}

}  // namespace
}  // namespace ccnproxy::integration
