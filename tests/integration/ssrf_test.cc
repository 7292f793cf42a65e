// No connection is made to a denied address, whatever DNS says and whenever it says it.
#include <map>

#include <gmock/gmock.h>

#include "fakes/temp_dir.h"
#include "integration/shell.h"
#include "integration/ssrf_fixture.h"

namespace ccnproxy::integration {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;

// What DNS may say, each of it alone.
const std::vector<std::vector<std::string>> denied_answers = {
    {"127.0.0.2"},
    {"127.0.0.2", "169.254.169.254"},
    {"169.254.169.254"},
    {"169.254.170.2"},
    {"100.100.100.200"},
    {"168.63.129.16"},
    {"192.0.0.192"},
    {"0.0.0.0"},
    {"0.0.0.2"},
    {"224.0.0.1"},
    {"239.255.255.250"},
    {"::"},
    {"::1"},
    {"::127.0.0.2"},
    {"::ffff:127.0.0.2"},
    {"::ffff:0:127.0.0.2"},
    {"64:ff9b::7f00:2"},
    {"64:ff9b:1::7f00:2"},
    {"2002:7f00:2::1"},
    {"2001::80ff:fffd"},
    {"fe80::1"},
    {"febf::1"},
    {"ff02::1"},
    {"ff0e::1"},
    {"fd00:ec2::254"},
    {"fd20:ce::254"},
    {"fd00:c1::a9fe:a9fe"},
    {"::ffff:127.0.0.2", "127.0.0.2", "::1", "::"},
};

TEST_F(Ssrf, F156_connect_to_without_a_port_leads_to_no_port_that_the_client_chose) {
  places.config.origin("led.test", denied_place);
  Proxy proxy(places.config);
  for (const auto& port : {places.port(), std::string("22"), std::string("6379")}) {
    const auto response = proxy.client().roundtrip(TwoPlaces::request("led.test", port));
    expect_end(response, Ends::denied);
    EXPECT_THAT(response.body, HasSubstr("connect_to of its override exempts only 127.0.0.2 on the "
                                         "scheme's default port"));
  }
}

TEST_F(Ssrf, F156_a_name_in_connect_to_leads_to_no_denied_address) {
  places.config.origin("*.led.test", "gateway.test:" + places.port());
  places.config.origin("listed.test", "gateway.test:" + places.port(), "",
                       {"allow_addresses: [127.0.0.1/32]"});
  places.answer("gateway.test", {denied_place});
  {
    Proxy proxy(places.config);
    const auto response = places.ask(proxy, "a.led.test");
    expect_end(response, Ends::denied);
    EXPECT_THAT(response.body, HasSubstr("is a name, which exempts no address"));
    expect_end(places.ask(proxy, "listed.test"), Ends::denied);
  }
  places.answer("gateway.test", {"169.254.169.254", "::1"});
  Proxy proxy(places.config);
  expect_end(places.ask(proxy, "b.led.test"), Ends::denied);
}

TEST_F(Ssrf, F156_what_is_listed_beside_it_is_reached_on_its_port) {
  places.config.set("origins.deny_addresses", "[127.0.0.0/8]");
  places.config.origin("listed.test", "gateway.test:" + places.port(), "",
                       {"allow_addresses: [127.0.0.1]"});
  places.answer("gateway.test", {denied_place, good_place});
  Proxy proxy(places.config);
  EXPECT_EQ(proxy.client().roundtrip(TwoPlaces::request("listed.test", "22")).body, good_place);
  expect_end(places.ask(proxy, good_place), Ends::denied);
}

TEST_F(Ssrf, F087_a_name_that_leads_to_a_denied_address_is_not_connected_to) {
  Proxy proxy(places.config);
  int number = 0;
  for (const auto& addresses : denied_answers) {
    SCOPED_TRACE(::testing::PrintToString(addresses));
    const auto name = "n" + std::to_string(++number) + ".test";
    places.answer(name, addresses);
    const auto response = places.ask(proxy, name);
    expect_end(response, Ends::denied);
    EXPECT_THAT(response.body, HasSubstr(name));
    EXPECT_THAT(response.body, HasSubstr("in origins.deny_addresses"));
  }
  EXPECT_EQ(places.good->accepts(), 0U);
}

TEST_F(Ssrf, F089_an_alias_and_a_name_that_holds_the_address_lead_no_further) {
  places.dns.set("cname.test", {.addresses = {denied_place}, .alias = "harmless.test"});
  places.answer("127.0.0.2.nip.test", {denied_place});
  places.answer("7f000002.rbndr.test", {denied_place});
  Proxy proxy(places.config);
  for (const std::string name : {"cname.test", "127.0.0.2.nip.test", "7f000002.rbndr.test"})
    expect_end(places.ask(proxy, name), Ends::denied);
}

TEST_F(Ssrf, F088_a_mixed_answer_loses_its_bad_addresses) {
  Proxy proxy(places.config);
  const std::vector<std::vector<std::string>> answers = {
      {denied_place, good_place},
      {good_place, denied_place},
      {"::ffff:127.0.0.2", good_place},
      {"::1", "fe80::1", "ff02::1", "169.254.169.254", good_place},
      {"::ffff:127.0.0.1", denied_place},
      {"0.0.0.0", "::", good_place},
  };
  int number = 0;
  for (const auto& addresses : answers) {
    SCOPED_TRACE(::testing::PrintToString(addresses));
    const auto name = "m" + std::to_string(++number) + ".test";
    places.answer(name, addresses);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(places.ask(proxy, name).body, good_place);
  }
}

TEST_F(Ssrf, F088_an_address_that_changes_between_one_connection_and_the_next) {
  std::vector<DnsAnswer> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back({.addresses = {i % 2 == 0 ? good_place : denied_place}, .ttl = seconds(0)});
    answers.push_back({.addresses = {"169.254.169.254"}, .ttl = seconds(0)});
    answers.push_back({.addresses = {"::ffff:127.0.0.2"}, .ttl = seconds(0)});
  }
  places.dns.set_sequence("rebind.test", answers);
  Proxy proxy(places.config);
  std::map<int, int> statuses;
  for (const Deadline deadline; places.dns.queries("rebind.test", dns::A) < 60;) {
    const auto response = places.ask(proxy, "rebind.test");
    ++statuses[response.status];
    if (response.status == 200) {
      EXPECT_EQ(response.body, good_place);
    }
    ASSERT_FALSE(deadline.passed());
  }
  EXPECT_GT(statuses[200], 0);
  for (const auto& [status, count] : statuses) EXPECT_THAT(status, AnyOf(200, 403));
}

// Its old address is remembered for a while, as for every name; the new one is not even tried.
TEST_F(Ssrf, F088_a_name_that_turned_leads_nowhere_once_its_old_address_is_gone) {
  places.answer("turns.test", {good_place});
  Proxy proxy(places.config);
  EXPECT_EQ(places.ask(proxy, "turns.test").body, good_place);
  places.answer("turns.test", {denied_place});
  places.good->stop_listening();
  ReceivedResponse response;
  for (const Deadline deadline; response.body.find("prohibited") == response.body.npos;) {
    response = places.ask(proxy, "turns.test");
    EXPECT_THAT(response.status, AnyOf(403, 502));
    ASSERT_FALSE(deadline.passed());
  }
  EXPECT_THAT(response.body, HasSubstr("127.0.0.2:" + places.port() + ": prohibited"));
}

TEST_F(Ssrf, F088_nor_when_a_stale_answer_is_followed_by_a_fresh_one) {
  places.config.set("dns.stale", "1h");
  places.answer("stale.test", {good_place});
  Proxy proxy(places.config);
  EXPECT_EQ(places.ask(proxy, "stale.test").body, good_place);
  places.good->stop_listening();
  places.answer("stale.test", {"::ffff:127.0.0.2"});
  for (int i = 0; i < 10; ++i) EXPECT_THAT(places.ask(proxy, "stale.test").status, AnyOf(403, 502));
}

TEST_F(Ssrf, F087_nor_ahead_of_need) {
  places.answer("warm.test", {denied_place});
  places.answer("good.test", {good_place});
  places.config.set("pool.min_ready", "1").set("pool.spare", "1");
  places.config.set("pool.warm", "[\"http://warm.test:" + places.port() +
                                     "\", \"http://good.test:" + places.port() +
                                     "\", \"http://127.0.0.2:" + places.port() + "\"]");
  Proxy proxy(places.config);
  places.dns.wait_for_queries("warm.test", 2);
  places.good->wait_for_accepts(1);
  EXPECT_EQ(places.ask(proxy, "warm.test").status, 403);
}

TEST_F(Ssrf, F087_nor_by_the_probe_command) {
  places.answer("probe.test", {denied_place});
  const TempDir folder;
  const auto file = folder.write("c.yaml", places.config.yaml());
  const auto by_name = run({"probe", "-f", file, "http://probe.test:" + places.port() + "/"});
  EXPECT_EQ(by_name.code, 1);
  EXPECT_THAT(by_name.out, HasSubstr("failed in tcp: destination_ip_prohibited"));
  const auto by_address = run({"probe", "-f", file, "http://127.0.0.2:" + places.port() + "/"});
  EXPECT_EQ(by_address.code, 1);
  EXPECT_THAT(by_address.err, HasSubstr("denied by 127.0.0.2 in origins.deny_addresses"));
}

TEST_F(Ssrf, F092_a_redirect_is_the_clients_to_follow) {
  places.good->set_script(Service([&](const Request&) {
    return Response{.status = 302,
                    .fields = {{"Location", "http://127.0.0.2:" + places.port() + "/"}}};
  }));
  Proxy proxy(places.config);
  EXPECT_EQ(places.ask(proxy, good_place).status, 302);
}

TEST_F(Ssrf, F092_proxies_and_aliases_in_the_environment_are_nothing_to_us) {
  places.answer("api.test", {good_place});
  const TempDir folder;
  const auto aliases = folder.write("aliases", "api 127.0.0.2\napi.test 127.0.0.2\n");
  const auto there = "http://127.0.0.2:" + places.port();
  DaemonProcess daemon(fakes::daemon_under_test(), places.config, [&](ChildOptions& options) {
    for (const char* name :
         {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"})
      options.environment[name] = there;
    options.environment["HOSTALIASES"] = aliases;
    options.environment["LOCALDOMAIN"] = "evil.test";
  });
  RawClient client(daemon.address());
  EXPECT_EQ(client.roundtrip(TwoPlaces::request("api.test", places.port())).body, good_place);
}

/// The default lists as they are, as far as a test machine has listeners there.
TEST_F(Ssrf, F087_by_default_nothing_on_this_machine_is_reached) {
  places.answer("local.test", {good_place});
  Proxy proxy(places.config.leave_out("origins.deny_addresses"));
  for (const std::string name : {"local.test", "localhost", "x.localhost", "127.0.0.1", "[::1]",
                                 "[::ffff:127.0.0.1]", "0.0.0.0"})
    expect_end(places.ask(proxy, name), Ends::denied);
  EXPECT_EQ(places.good->accepts(), 0U);
}

}  // namespace
}  // namespace ccnproxy::integration
