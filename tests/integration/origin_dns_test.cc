// The names of origins over time: addresses that change, and DNS that fails.
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/stub_resolver.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

const std::string old_place = "127.0.0.1";
const std::string new_place = "127.0.0.2";

/// api.test at two places with the same port; each says where it is, and takes one request a
/// connection, so that every request needs an address.
class OriginAddresses : public ::testing::Test {
 protected:
  OriginAddresses() {
    listen();
    point_to(old_place);
    config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
    config.set("dns.min_ttl", "1ms");
    config.set("tls.ca_file", '"' + pki().ca_file() + '"');
  }
  void point_to(const std::string& place, std::chrono::seconds ttl = std::chrono::seconds(0)) {
    dns.set("api.test", {.addresses = {place}, .ttl = ttl});
  }
  std::string host_and_port(const std::string& name = host) const {
    return name + ":" + std::to_string(at_old->port());
  }
  ReceivedResponse get(Proxy& proxy) const { return proxy.client().get(host_and_port()); }
  /// Requests that must all be answered, until one is from `place`.
  void get_until_from(const std::string& place, Proxy& proxy) const {
    for (const Deadline deadline;;) {
      const ReceivedResponse response = get(proxy);
      ASSERT_EQ(response.status, 200) << proxy_error(response);
      if (response.body == place) return;
      ASSERT_FALSE(deadline.passed()) << "still from " << response.body;
    }
  }

  StubResolver dns;
  std::optional<ScriptedOrigin> at_old, at_new;
  DaemonConfig config = one_worker();

 private:
  static Service service(const std::string& place) {
    return Service([place](const Request&) { return Response{.body = place}; }, {.close_after = 1});
  }
  /// The one chooses the port; where the other can't have it, another is tried.
  void listen() {
    OriginOptions options = speaking({"http/1.1"});
    for (int tries_left = 100; !at_new; --tries_left) {
      options.address = old_place + ":0";
      at_old.emplace(options, service(old_place));
      options.address = new_place + ":" + std::to_string(at_old->port());
      try {
        at_new.emplace(options, service(new_place));
      } catch (const Failure&) {
        if (tries_left == 0) throw;
      }
    }
  }
};

TEST_F(OriginAddresses, F046_an_address_that_changed_is_used_when_the_ttl_has_passed) {
  point_to(old_place, std::chrono::seconds(1));
  Proxy proxy(config);
  EXPECT_EQ(get(proxy).body, old_place);
  point_to(new_place, std::chrono::seconds(1));
  get_until_from(new_place, proxy);
  point_to(old_place, std::chrono::seconds(1));
  get_until_from(old_place, proxy);
}

TEST_F(OriginAddresses, F046_the_address_that_was_left_may_end_at_once) {
  Proxy proxy(config);
  EXPECT_EQ(get(proxy).body, old_place);
  point_to(new_place);
  at_old->stop_listening();
  get_until_from(new_place, proxy);
}

TEST_F(OriginAddresses, F054_ttl_0_is_not_a_question_for_every_connection) {
  config.set("dns.min_ttl", "1h").set("dns.max_ttl", "2h");
  Proxy proxy(config);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get(proxy).body, old_place);
  EXPECT_GE(at_old->accepts(), 20U);
  EXPECT_EQ(dns.queries("api.test", dns::A), 1U);
  EXPECT_EQ(dns.queries("api.test", dns::Aaaa), 1U);
}

TEST_F(OriginAddresses, F054_a_huge_ttl_is_cut_to_the_ceiling) {
  config.set("dns.max_ttl", "1ms");
  point_to(old_place, std::chrono::hours(24));
  Proxy proxy(config);
  EXPECT_EQ(get(proxy).body, old_place);
  point_to(new_place, std::chrono::hours(24));
  get_until_from(new_place, proxy);
}

TEST_F(OriginAddresses, F052_a_name_that_nobody_answers_for_holds_up_no_other) {
  config.set("timeouts.dns", "1m");
  dns.set("slow.test", DnsAnswer::no_reply());
  Proxy proxy(config);
  RawClient waits = proxy.client();
  waits.send("GET / HTTP/1.1\r\nHost: " + host_and_port("slow.test.ccnproxy-https") + "\r\n\r\n");
  dns.wait_for_queries("slow.test", 1);
  EXPECT_EQ(get(proxy).body, old_place);
  EXPECT_EQ(proxy.record().get("origin"), "https://" + host_and_port("api.test"));
}

class OriginDnsFails : public OriginAddresses, public ::testing::WithParamInterface<std::string> {
 protected:
  void fail() {
    dns.set("api.test", GetParam() == "silence"        ? DnsAnswer::no_reply()
                        : GetParam() == "no_such_name" ? DnsAnswer::no_such_name()
                                                       : DnsAnswer::server_failure());
  }
};
INSTANTIATE_TEST_SUITE_P(Ways, OriginDnsFails,
                         ::testing::Values("server_failure", "no_such_name", "silence"),
                         [](const auto& tested) { return tested.param; });

TEST_P(OriginDnsFails, F048_the_last_good_answer_serves_on_and_then_the_next_one) {
  Proxy proxy(config);
  EXPECT_EQ(get(proxy).body, old_place);
  fail();
  const auto before = dns.queries("api.test");
  for (const Deadline deadline; dns.queries("api.test") < before + 4;) {  // asked twice at least
    ASSERT_EQ(get(proxy).body, old_place);
    ASSERT_FALSE(deadline.passed());
  }
  point_to(new_place);
  get_until_from(new_place, proxy);
}

TEST_P(OriginDnsFails, F048_without_stale_answers_the_failure_is_said) {
  config.set("dns.stale", "0s").set("timeouts.dns", "200ms");
  Proxy proxy(config);
  EXPECT_EQ(get(proxy).body, old_place);
  fail();
  ReceivedResponse response;
  for (const Deadline deadline; response.status != 502 && response.status != 504;) {
    response = get(proxy);
    ASSERT_FALSE(deadline.passed());
  }
  EXPECT_EQ(proxy_error(response), GetParam() == "silence" ? "dns_timeout" : "dns_error");
  EXPECT_TRUE(response.complete());
}

TEST_P(OriginDnsFails, F048_a_connection_that_stands_does_not_hear_of_it) {
  config.set("dns.stale", "0s").set("tls.ca_file", '"' + pki().ca_file() + '"');
  Service service(standard_answers);
  ScriptedOrigin origin(speaking({"h2"}), service);
  Proxy proxy(config);
  const std::string there = host + ":" + std::to_string(origin.port());
  EXPECT_EQ(proxy.client().get(there).status, 200);
  fail();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(proxy.client().get(there).status, 200);
  EXPECT_EQ(origin.accepts(), 1U);
}

}  // namespace
}  // namespace ccnproxy::integration
