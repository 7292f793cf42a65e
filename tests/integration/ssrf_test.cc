// No connection is made to a denied address, however it is written, whatever DNS says and whenever
// it says it. Every denied address that can have a listener on a test machine has one.
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/daemon_under_test.h"
#include "fakes/temp_dir.h"
#include "integration/access_fixture.h"
#include "integration/shell.h"

namespace ccnproxy::integration {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class Ssrf : public ::testing::Test {
 protected:
  ~Ssrf() override { EXPECT_EQ(places.denied->accepts(), 0U); }
  TwoPlaces places;
};

/// How one spelling must end: refused as no host at all, or as an address that is denied.
enum class Ends { not_a_host, denied };

struct Spelling {
  std::string text;
  Ends ends;
};

// What stands for 127.0.0.2, and for addresses that nobody should reach by default.
const std::vector<Spelling> spellings = {
    {"127.0.0.2", Ends::denied},
    {"127.0.0.2.", Ends::denied},
    {"2130706434", Ends::not_a_host},
    {"2130706434.", Ends::not_a_host},
    {"017700000002", Ends::not_a_host},
    {"0x7f000002", Ends::not_a_host},
    {"0X7F000002", Ends::not_a_host},
    {"0x7f.0x0.0x0.0x2", Ends::not_a_host},
    {"0x7f.2", Ends::not_a_host},
    {"0177.0.0.2", Ends::not_a_host},
    {"0177.0.0.02", Ends::not_a_host},
    {"127.0.0.002", Ends::not_a_host},
    {"127.0.0.0x2", Ends::not_a_host},
    {"127.2", Ends::not_a_host},
    {"127.0.2", Ends::not_a_host},
    {"127.0.0.2.0x0", Ends::not_a_host},
    {"127.0.0.2.2", Ends::not_a_host},
    {"127.0.0.258", Ends::not_a_host},
    {"383.0.0.2", Ends::not_a_host},
    {"127..0.2", Ends::not_a_host},
    {"127.0.0.2%00", Ends::not_a_host},
    {"%31%32%37.0.0.2", Ends::not_a_host},
    {"127.0.0.\xc2\xb2", Ends::not_a_host},
    {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.2", Ends::not_a_host},
    {"127\xe3\x80\x82"
     "0\xe3\x80\x82"
     "0\xe3\x80\x82"
     "2",
     Ends::not_a_host},
    {"x@127.0.0.2", Ends::not_a_host},
    {"127.0.0.2:80@127.0.0.1", Ends::not_a_host},
    {"127.0.0.2\\@127.0.0.1", Ends::not_a_host},
    {"[127.0.0.2]", Ends::not_a_host},
    {"[::ffff:127.0.0.2]", Ends::denied},
    {"[::FFFF:7F00:2]", Ends::denied},
    {"[0:0:0:0:0:ffff:7f00:2]", Ends::denied},
    {"[0000:0000:0000:0000:0000:ffff:127.0.0.2]", Ends::denied},
    {"[::ffff:127.0.0.2%25lo]", Ends::not_a_host},
    {"[::ffff:0x7f.0.0.2]", Ends::not_a_host},
    {"[::ffff:2130706434]", Ends::not_a_host},
    {"::ffff:127.0.0.2", Ends::not_a_host},
    {"[::127.0.0.2]", Ends::denied},
    {"[::ffff:0:127.0.0.2]", Ends::denied},
    {"[64:ff9b::127.0.0.2]", Ends::denied},
    {"[64:ff9b::7f00:2]", Ends::denied},
    {"[64:ff9b:1::7f00:2]", Ends::denied},
    {"[64:ff9b:1:7f00:0:200::]", Ends::denied},
    {"[2002:7f00:2::]", Ends::denied},
    {"[2002:7f00:2::1]", Ends::denied},
    {"[2001::80ff:fffd]", Ends::denied},
    {"[2001:db8::5efe:127.0.0.2]", Ends::denied},
    {"169.254.169.254", Ends::denied},
    {"169.254.170.2", Ends::denied},
    {"2852039166", Ends::not_a_host},
    {"0xa9fea9fe", Ends::not_a_host},
    {"169.254.43518", Ends::not_a_host},
    {"0251.0376.0251.0376", Ends::not_a_host},
    {"[::ffff:169.254.169.254]", Ends::denied},
    {"[64:ff9b::a9fe:a9fe]", Ends::denied},
    {"[2002:a9fe:a9fe::1]", Ends::denied},
    {"100.100.100.200", Ends::denied},
    {"168.63.129.16", Ends::denied},
    {"192.0.0.192", Ends::denied},
    {"[fd00:ec2::254]", Ends::denied},
    {"[fd00:ec2::23]", Ends::denied},
    {"[fd20:ce::254]", Ends::denied},
    {"[fe80::1]", Ends::denied},
    {"[fe80::1%25lo]", Ends::not_a_host},
    {"0.0.0.0", Ends::denied},
    {"0.1.2.3", Ends::denied},
    {"0", Ends::not_a_host},
    {"[::]", Ends::denied},
    {"[::1]", Ends::denied},
    {"[0:0:0:0:0:0:0:1]", Ends::denied},
    {"224.0.0.1", Ends::denied},
    {"[ff02::1]", Ends::denied},
};

void expect_end(const ReceivedResponse& response, Ends ends) {
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.status, ends == Ends::denied ? 403 : 400) << response.body;
  EXPECT_EQ(proxy_error(response),
            ends == Ends::denied ? "destination_ip_prohibited" : "http_request_error");
}

TEST_F(Ssrf, F089_no_spelling_of_a_denied_address_leads_there) {
  Proxy proxy(places.config);
  for (const auto& [text, ends] : spellings) {
    SCOPED_TRACE(text);
    expect_end(places.ask(proxy, text), ends);
    expect_end(places.ask_labelled(proxy, text), ends);
  }
  EXPECT_EQ(places.ask(proxy, good_place).body, good_place) << "the others go their way";
  EXPECT_EQ(places.good->accepts(), 1U);
  EXPECT_GE(spellings.size(), 60U);
}

/// The same table by `origins.deny`, where deny_addresses denies nothing: what is an address ends
/// with 403, whichever way it is written, if it is one that the list has.
TEST_F(Ssrf, F153_no_spelling_passes_a_list_of_denied_hosts) {
  places.config.set("origins.deny_addresses", "[]");
  places.config.set("origins.deny",
                    "[127.0.0.2, 169.254.169.254, 169.254.170.2, 100.100.100.200, 168.63.129.16, "
                    "192.0.0.192, \"fd00:ec2::254\", \"FD00:EC2:0::23\", \"fd20:ce::254\", "
                    "\"[fe80::1]\", \"[::ffff:0.0.0.0]\", 0.1.2.3, \"::\", \"::1\", 224.0.0.1, "
                    "\"ff02:0::1\"]");
  Proxy proxy(places.config);
  for (const auto& [text, ends] : spellings) {
    SCOPED_TRACE(text);
    const auto response = places.ask(proxy, text);
    EXPECT_EQ(response.status, ends == Ends::denied ? 403 : 400) << response.body;
    EXPECT_EQ(proxy_error(response),
              ends == Ends::denied ? "http_request_denied" : "http_request_error");
    EXPECT_EQ(places.ask_labelled(proxy, text).status, response.status);
  }
  EXPECT_EQ(places.ask(proxy, "[::ffff:127.0.0.1]").body, good_place) << "another address is not";
}

/// And by `origins.allow`: the address that it has is allowed as that address alone.
TEST_F(Ssrf, F153_no_spelling_is_allowed_for_looking_like_another) {
  places.config.set("origins.deny_addresses", "[]").set("origins.allow", "[127.0.0.1]");
  Proxy proxy(places.config);
  for (const auto& [text, ends] : spellings)
    EXPECT_EQ(places.ask(proxy, text).status, ends == Ends::denied ? 403 : 400) << text;
  for (const std::string same :
       {"127.0.0.1", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]"})
    EXPECT_EQ(places.ask(proxy, same).body, good_place) << same;
}

TEST_F(Ssrf, F153_an_override_holds_for_its_address_in_every_spelling) {
  places.config.set("origins.deny_addresses", "[]");
  places.config.origin("[::ffff:127.0.0.2]", good_place + ":" + places.port());
  Proxy proxy(places.config);
  for (const std::string same :
       {"127.0.0.2", "127.0.0.2.", "[::ffff:127.0.0.2]", "[0:0:0:0:0:FFFF:7F00:2]"})
    EXPECT_EQ(places.ask(proxy, same).body, good_place) << same;
}

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

TEST_F(Ssrf, F089_what_looks_like_an_address_is_not_asked_of_dns_either) {
  Proxy proxy(places.config);
  for (const std::string text : {"2130706434", "0x7f000002", "127.2", "0177.0.0.2"}) {
    places.answer(text, {good_place});
    EXPECT_EQ(places.ask(proxy, text).status, 400) << text;
    EXPECT_EQ(places.dns.queries(text), 0U) << text;
  }
}

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
