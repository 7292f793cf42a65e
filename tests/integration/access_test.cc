// Who may use the daemon and for what, as its clients see it: clients.allow, origins.allow and
// origins.deny, and its own addresses.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/daemon_under_test.h"
#include "fakes/temp_dir.h"
#include "integration/access_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// A daemon with two plain origins below .test, and a configuration to change before it starts.
class Access : public ::testing::Test {
 protected:
  Access() { config.origin("*.test", origin.endpoint()); }
  static OriginOptions plain() {
    OriginOptions options;
    options.tls = false;
    return options;
  }
  static std::string get(const std::string& of) {
    return "GET /x HTTP/1.1\r\nHost: " + of + "\r\n\r\n";
  }

  ScriptedOrigin origin{plain(), Service(standard_answers)};
  DaemonConfig config = one_worker();
};

TEST_F(Access, F092_a_client_that_is_not_allowed_gets_403_and_no_connection) {
  Proxy proxy(config.set("clients.allow", "[192.0.2.0/24]"));
  RawClient client = proxy.client();
  client.send(get("a.test.ccnproxy") + get("a.test.ccnproxy"));
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(proxy_error(response), "http_request_denied");
  EXPECT_EQ(response.body,
            "clients from 127.0.0.1 are not allowed: no block in clients.allow of this proxy's "
            "configuration holds that address; add it there to allow them\n");
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "") << "nothing for the second";
  const auto lines = proxy.daemon.wait_for_access_records(1);
  EXPECT_EQ(Record(lines[0]).outcome(), "403 http_request_denied/client/request");
  EXPECT_EQ(Record(lines[0]).get("target"), "/x");
  EXPECT_EQ(Record(lines[0]).get("method"), "GET");
  EXPECT_EQ(origin.accepts(), 0U);
}

TEST_F(Access, F092_neither_health_nor_an_upload_nor_a_question_how_it_went_is_for_strangers) {
  Proxy proxy(config.set("clients.allow", "[\"::1\"]"));
  EXPECT_EQ(proxy.client().roundtrip("GET /hc HTTP/1.1\r\nHost: x\r\n\r\n").status, 403);
  const auto upload = proxy.client().roundtrip(
      "POST / HTTP/1.1\r\nHost: a.test.ccnproxy\r\nContent-Length: 1000000\r\n\r\n" +
      std::string(1'000'000, 'x'));
  EXPECT_EQ(upload.status, 403);
  EXPECT_TRUE(upload.complete());
  const auto debug = proxy.client().roundtrip(
      "GET / HTTP/1.1\r\nHost: a.test.ccnproxy\r\nX-Ccnproxy-Debug: 1\r\n\r\n");
  EXPECT_EQ(debug.status, 403);
  EXPECT_EQ(debug.fields.get("server-timing"), "");
  const auto head = proxy.client().roundtrip("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD");
  EXPECT_EQ(head.status, 403);
  EXPECT_EQ(origin.accepts(), 0U);
}

TEST_F(Access, a_client_is_allowed_by_its_address) {
  Proxy proxy(config.set("clients.allow", "[192.0.2.0/24, 127.0.0.1]"));
  EXPECT_EQ(proxy.client().roundtrip(get("a.test.ccnproxy")).status, 200);
}

TEST_F(Access, who_can_open_a_unix_socket_may_use_it) {
  const TempDir folder;
  config.listen("unix:" + folder.path() + "/s").set("clients.allow", "[]");
  DaemonProcess daemon(fakes::daemon_under_test(), config);
  EXPECT_EQ(RawClient(daemon.address(1)).roundtrip(get("a.test.ccnproxy")).status, 200);
  EXPECT_EQ(RawClient(daemon.address(0)).roundtrip(get("a.test.ccnproxy")).status, 403);
}

TEST_F(Access, F087_a_name_that_is_denied_gets_403_that_names_the_rule) {
  Proxy proxy(config.set("origins.allow", "[\"*.test\"]").set("origins.deny", "[\"*.bad.test\"]"));
  RawClient client = proxy.client();
  const auto denied = client.roundtrip(get("x.bad.test.ccnproxy"));
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(proxy_error(denied), "http_request_denied");
  EXPECT_EQ(denied.body,
            "http://x.bad.test may not be asked for: it is denied by *.bad.test in origins.deny "
            "of this proxy's configuration; take that out to allow it\n");
  const auto unlisted = client.roundtrip(get("x.example.ccnproxy"));
  EXPECT_EQ(unlisted.status, 403);
  EXPECT_THAT(unlisted.body, HasSubstr("; add x.example there to allow it\n"));
  EXPECT_EQ(client.roundtrip(get("a.test.ccnproxy")).status, 200) << "the connection lives on";
  const auto records = proxy.records(3);
  EXPECT_EQ(records[0].outcome(), "403 http_request_denied/client/route");
  EXPECT_EQ(records[0].get("origin"), "http://x.bad.test");
  EXPECT_EQ(origin.accepts(), 1U);
}

TEST_F(Access, F090_ports_are_allowed_one_by_one) {
  Proxy proxy(config.set("origins.allow", "[\"*:80\", \"*:8080\"]"));
  EXPECT_EQ(proxy.client().roundtrip(get("a.test.ccnproxy")).status, 200);
  EXPECT_EQ(proxy.client().roundtrip(get("a.test.ccnproxy:8080")).status, 200);
  for (const std::string port : {"22", "25", "443", "6379"}) {
    const auto response = proxy.client().roundtrip(get("a.test.ccnproxy:" + port));
    EXPECT_EQ(response.status, 403) << port;
    EXPECT_EQ(proxy_error(response), "http_request_denied") << port;
  }
  const auto own_port = proxy.daemon.address().substr(proxy.daemon.address().rfind(':'));
  EXPECT_EQ(proxy.client().roundtrip(get("a.test.ccnproxy" + own_port)).status, 200)
      << "the listener's own port in Host says nothing of the origin's";
}

TEST_F(Access, F098_denied_names_leave_nothing_behind) {
  constexpr int names = 5000;
  StubResolver dns;
  config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
  config.with_admin().set("origins.allow", "[\"*.test\"]").set("log.access", "{to: none}");
  Proxy proxy(config);
  std::mt19937 random(7);
  RawClient client = proxy.client();
  for (int i = 0; i < names; i += 50) {
    std::string requests;
    for (int j = 0; j < 50; ++j) {
      requests += j % 2 == 0 ? get("h" + std::to_string(random()) + ".example.ccnproxy")
                             : get("127.0.0." + std::to_string(random() % 256) + ".ccnproxy");
    }
    client.send(requests);
    for (int j = 0; j < 50; ++j) ASSERT_EQ(client.read_response().status, 403);
  }
  const auto pools = RawClient(proxy.daemon.admin_address()).get("x", "/pools");
  EXPECT_THAT(pools.body, HasSubstr("\"origins\":[]"));
}

/// The places of TwoPlaces; nothing may reach the denied one but what the operator has named.
TEST(AccessByAddress, connect_to_is_exempt_and_any_other_override_is_not) {
  TwoPlaces places;
  places.config.origin("named.test", denied_place + ":" + places.port());
  places.answer("other.test", {denied_place});
  Proxy proxy(places.config);
  EXPECT_EQ(places.ask(proxy, "other.test").status, 403);
  EXPECT_EQ(places.denied->accepts(), 0U);
  EXPECT_EQ(places.ask(proxy, "named.test").body, denied_place);
}

TEST(AccessByAddress, F087_a_denied_address_is_told_in_the_record_too) {
  TwoPlaces places;
  places.answer("n.test", {denied_place});
  Proxy proxy(places.config);
  const auto response = places.ask(proxy, "n.test");
  EXPECT_EQ(response.body, "http://n.test:" + places.port() + ": 127.0.0.2:" + places.port() +
                               ": prohibited, denied by 127.0.0.2 in origins.deny_addresses of "
                               "this proxy's configuration; only connect_to in an override leads "
                               "there\n");
  const auto record = proxy.record();
  EXPECT_EQ(record.outcome(), "403 destination_ip_prohibited/origin/tcp");
  EXPECT_EQ(record.get("origin"), "http://n.test:" + places.port());
}

class OwnAddress : public ::testing::Test {
 protected:
  void expect_refused(RawClient client, const std::string& of, const std::string& port) {
    const auto response = client.roundtrip(TwoPlaces::request(of, port));
    EXPECT_EQ(response.status, 403) << of;
    EXPECT_EQ(proxy_error(response), "destination_ip_prohibited") << of;
    EXPECT_THAT(response.body, HasSubstr("this proxy itself listens there")) << of;
  }
  static std::string port_of(const std::string& address) {
    return address.substr(address.rfind(':') + 1);
  }
  StubResolver dns_;
  DaemonConfig config_ = one_worker().set("dns.servers", "[\"" + dns_.endpoint() + "\"]");
};

TEST_F(OwnAddress, F055_is_no_origin_in_any_spelling) {
  dns_.set("self.test", {.addresses = {"127.0.0.1"}});
  dns_.set("mapped.test", {.addresses = {"::ffff:127.0.0.1"}});
  config_.origin("sent.test", "127.0.0.1").with_admin();
  Proxy proxy(config_);
  for (const auto& address : {proxy.daemon.address(), proxy.daemon.admin_address()}) {
    for (const std::string name :
         {"127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "self.test", "mapped.test", "sent.test"})
      expect_refused(proxy.client(), name, port_of(address));
  }
}

TEST_F(OwnAddress, F055_of_a_listener_on_all_addresses_is_every_one_of_this_machine) {
  DaemonProcess daemon(fakes::daemon_under_test(), config_.listen_only("0.0.0.0:0"));
  const auto port = port_of(daemon.address());
  for (const std::string name : {"127.0.0.1", "127.1.2.3", "0.0.0.0", "[::ffff:127.0.0.9]"})
    expect_refused(RawClient("127.0.0.1:" + port), name, port);
}

}  // namespace
}  // namespace ccnproxy::integration
