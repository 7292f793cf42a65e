// Whether PINGs go out, how often, and what an origin that minds them is spared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/net/kernel_settings.h"

#include "fakes/stub_resolver.h"
#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// Polls an admin page until it says so.
std::string page_when(const DaemonProcess& daemon, const std::string& target,
                      const std::function<bool(const std::string&)>& reached) {
  for (const Deadline deadline;;) {
    const auto page = RawClient(daemon.admin_address()).get("admin", target).body;
    if (reached(page) || deadline.passed()) return page;
  }
}

class OriginPings : public ::testing::Test {
 protected:
  /// A request on a connection that then says nothing; 504 is its end.
  void ask_and_wait(OriginAndProxy& both) {
    RawClient client = both.proxy.client();
    client.send(post_request("/", "money"));
    OriginSide side(both.origin);
    const auto stream = side.read_request().stream_id;
    EXPECT_EQ(client.read_response("POST").status, 504);
    side.peer().want_rst(stream);
    for (const auto& frame : side.peer().seen()) pings += frame.type == h2::Ping ? 1 : 0;
  }
  DaemonConfig config =
      one_worker().set("timeouts.response_head", "1500ms").set("pool.ping", "auto");
  int pings = 0;
};

TEST_F(OriginPings, F008_an_origin_that_says_nothing_is_sent_one) {
  OriginAndProxy both(speaking({"h2"}), nullptr, config);
  ask_and_wait(both);
  EXPECT_EQ(pings, 1);
}

TEST_F(OriginPings, none_go_out_where_they_are_off) {
  OriginAndProxy both(speaking({"h2"}), nullptr, config.set("pool.ping", "off"));
  ask_and_wait(both);
  EXPECT_EQ(pings, 0);
}

/// What /pools says is what is in force: it follows what the origin asked for.
TEST(OriginPingInterval, F009_F011_is_shown_and_doubled_where_the_origin_minds) {
  OriginAndProxy both(speaking({"h2"}), nullptr,
                      one_worker().with_admin().set("pool.ping", "auto"));
  RawClient client = both.proxy.client();
  const std::vector<std::string> shown{"10.000", "20.000", "40.000"};
  for (const auto& interval : shown) {
    client.send(get_request());
    OriginSide side(both.origin);
    side.read_request();
    side.respond(200, "ok");
    EXPECT_EQ(client.read_response().body, "ok");
    const auto awaited = "\"ping_interval_s\":" + interval;
    EXPECT_THAT(page_when(both.proxy.daemon, "/pools",
                          [&](const auto& page) { return page.find(awaited) != page.npos; }),
                HasSubstr(awaited));
    side.peer().write_goaway(side.stream(), h2::EnhanceYourCalm, "too_many_pings");
    side.peer().want_end();
  }
}

TEST(OriginPingInterval, F009_none_is_shown_where_pings_are_off) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"h2"}), service, one_worker().with_admin().set("pool.ping", "off"));
  EXPECT_EQ(both.proxy.get().status, 200);
  EXPECT_THAT(RawClient(both.proxy.daemon.admin_address()).get("admin", "/pools").body,
              HasSubstr("\"ping_interval_s\":null"));
}

/// Said at the start and on the metrics page, as the kernel has it.
TEST(SlowStartAfterIdle, F015_is_warned_of_and_shown) {
  Proxy proxy(one_worker().with_admin());
  const auto metrics = RawClient(proxy.daemon.admin_address()).get("admin", "/metrics").body;
  const auto set = slow_start_after_idle();
  if (!set) GTEST_SKIP() << "this kernel does not say";
  EXPECT_THAT(metrics, HasSubstr(std::string("\nccnproxy_tcp_slow_start_after_idle ") +
                                 (*set ? "1\n" : "0\n")));
  proxy.daemon.wait_for_log("is serving");
  if (*set) proxy.daemon.wait_for_log("tcp_slow_start_after_idle is 1");
}

/// Two places of one name with the same port.
class OriginOfTwoPlaces : public ::testing::Test {
 protected:
  OriginOfTwoPlaces() {
    dns.set("api.test", {.addresses = {"127.0.0.1", "127.0.0.2"}});
    config.set("dns.servers", "[\"" + dns.endpoint() + "\"]")
        .set("tls.ca_file", '"' + pki().ca_file() + '"')
        .set("origins.deny_addresses", "[]")
        .with_admin();
  }
  /// The one chooses the port; where the other can't have it, another is tried.
  void listen(const OriginOptions& at_first, const OriginOptions& at_second) {
    for (int tries_left = 100; !second; --tries_left) {
      auto options = at_first;
      options.address = "127.0.0.1:0";
      first.emplace(options, Service(standard_answers));
      options = at_second;
      options.address = "127.0.0.2:" + std::to_string(first->port());
      try {
        second.emplace(options, Service(standard_answers));
      } catch (const Failure&) {
        if (tries_left == 0) throw;
      }
    }
  }
  ReceivedResponse get(Proxy& proxy) const {
    return proxy.client().get(host + ":" + std::to_string(first->port()), "/bytes/10");
  }
  StubResolver dns;
  std::optional<ScriptedOrigin> first, second;
  DaemonConfig config = one_worker();
};

TEST_F(OriginOfTwoPlaces, F034_two_connections_are_kept_to_different_addresses) {
  listen(speaking({"h2"}), speaking({"h2"}));
  Proxy proxy(config.set("pool.min_ready", "2"));
  EXPECT_EQ(get(proxy).status, 200);
  first->wait_for_open(1);
  second->wait_for_open(1);
  EXPECT_EQ(first->accepts() + second->accepts(), 2U);
}

/// Not for the length of timeouts.tls, which is the request's whole patience with the dial.
TEST_F(OriginOfTwoPlaces, F045_an_address_that_never_finishes_tls_is_left_for_the_next) {
  auto silent = speaking({"h2"});
  silent.answer_handshake = false;
  listen(silent, speaking({"h2"}));
  Proxy proxy(config.set("timeouts.tls", "30s").set("timeouts.connect", "30s"));
  EXPECT_EQ(get(proxy).status, 200);
  EXPECT_EQ(proxy.record().get("address"), second->endpoint());
}

}  // namespace
}  // namespace ccnproxy::integration
