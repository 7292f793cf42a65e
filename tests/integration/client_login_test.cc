// Logins that belong to a connection (NTLM, Negotiate; RFC 4559 §6): whose they are, and how long.
#include <algorithm>
#include <set>

#include "login_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

class ClientLogin : public ::testing::TestWithParam<std::string> {};

TEST_P(ClientLogin, F123_belongs_to_its_client_connection_alone) {
  Logins proxy(GetParam());
  EXPECT_EQ(proxy.stranger(), "nobody");
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  EXPECT_EQ(proxy.stranger(), "nobody");
  RawClient bob = proxy.connect();
  EXPECT_EQ(proxy.log_in(bob, "bob"), "bob");
  EXPECT_EQ(proxy.stranger(), "nobody");
  // Later requests rely on it, without credentials.
  EXPECT_EQ(proxy.ask(alice).body, "alice");
  EXPECT_EQ(proxy.ask(bob).body, "bob");
  EXPECT_EQ(proxy.ask(alice).body, "alice");
  alice.close();
  EXPECT_EQ(proxy.stranger(), "nobody");
  EXPECT_EQ(proxy.ask(bob).body, "bob");
}

TEST_P(ClientLogin, F123_the_origins_connection_ends_with_the_clients) {
  Logins proxy(GetParam());
  EXPECT_EQ(proxy.stranger(), "nobody");
  const auto pooled = proxy.origin.counts().open;
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  EXPECT_EQ(proxy.origin.counts().open, pooled + 1);
  alice.close();
  proxy.origin.wait_for_open(pooled);
  EXPECT_EQ(proxy.stranger(), "nobody");
}

TEST_P(ClientLogin, F123_credentials_without_an_offer_go_over_no_pooled_connection) {
  Logins proxy(GetParam());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(proxy.stranger(), "nobody");
    RawClient alice = proxy.connect();
    EXPECT_EQ(proxy.ask(alice, "Negotiate alice").body, "alice");
    EXPECT_EQ(proxy.ask(alice).body, "alice");
  }
  EXPECT_EQ(proxy.stranger(), "nobody");
  std::set<std::size_t> of_alice;
  std::set<std::size_t> of_strangers;
  for (const auto& seen : proxy.seen())
    (seen.user.empty() ? of_strangers : of_alice).insert(seen.connection);
  EXPECT_EQ(of_alice.size(), 3U);
  for (const auto connection : of_alice) EXPECT_FALSE(of_strangers.contains(connection));
}

TEST_P(ClientLogin, F123_offers_alone_leave_a_connection_in_the_pool) {
  Logins proxy(GetParam());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(proxy.stranger(), "nobody");
  EXPECT_EQ(proxy.origin.accepts(), 1U);
}

TEST_P(ClientLogin, F123_other_schemes_leave_a_connection_in_the_pool) {
  Logins proxy(GetParam());
  for (const std::string credentials :
       {"Basic TlRMTTpOVExN", "Bearer NTLM", "Bearer Negotiate", "NTLMx 1", "Negotiated x",
        "Digest username=\"NTLM, Negotiate\", realm=\"NTLM\""}) {
    RawClient client = proxy.connect();
    EXPECT_EQ(proxy.ask(client, credentials).status, 401) << credentials;
  }
  EXPECT_EQ(proxy.origin.accepts(), 1U);
}

/// What ends here logs no origin's connection in.
TEST_P(ClientLogin, F123_proxy_credentials_are_not_the_origins) {
  Logins proxy(GetParam());
  for (int i = 0; i < 2; ++i) {
    RawClient client = proxy.connect();
    EXPECT_EQ(
        client.roundtrip(proxy.request("", "/", "Proxy-Authorization: Negotiate alice\r\n")).body,
        "nobody");
  }
  EXPECT_EQ(proxy.origin.accepts(), 1U);
}

TEST_P(ClientLogin, F123_any_spelling_counts_and_any_line) {
  Logins proxy(GetParam());
  for (const std::string fields :
       {"authorization: negotiate alice\r\n", "AUTHORIZATION: NEGOTIATE alice\r\n",
        "Authorization: Basic eA==\r\nAuthorization: Negotiate alice\r\n",
        "Authorization:  \tNegotiate\talice\r\n"}) {
    const auto before = proxy.origin.accepts();
    RawClient client = proxy.connect();
    client.roundtrip(proxy.request("", "/", fields));
    EXPECT_EQ(proxy.origin.accepts(), before + 1) << fields;
  }
  EXPECT_EQ(proxy.stranger(), "nobody");
}

/// As directly: the second step comes over a connection that has not seen the first.
TEST_P(ClientLogin, F123_fails_for_a_client_that_does_not_keep_its_connection) {
  Logins proxy(GetParam());
  const std::string close = "Connection: close\r\n";
  for (int i = 0; i < 3; ++i) {
    for (const std::string credentials : {"NTLM 1", "NTLM 3 alice", ""}) {
      RawClient client = proxy.connect();
      const auto response = client.roundtrip(proxy.request(credentials, "/", close));
      EXPECT_EQ(response.status, 401) << credentials;
      EXPECT_EQ(response.body, "nobody") << credentials;
    }
  }
}

TEST_P(ClientLogin, F123_requests_that_come_at_once_go_over_it_in_order) {
  Logins proxy(GetParam());
  RawClient alice = proxy.connect();
  alice.send(proxy.request("NTLM 1") + proxy.request("NTLM 3 alice") + proxy.request() +
             proxy.request());
  EXPECT_EQ(alice.read_response().fields.get("www-authenticate"), "NTLM 2");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(alice.read_response().body, "alice");
}

TEST_P(ClientLogin, F123_an_http_1_0_client_that_keeps_its_connection_logs_in_too) {
  Logins proxy(GetParam());
  RawClient alice = proxy.connect();
  const auto ask = [&](const std::string& fields) {
    return alice.roundtrip(
        head("GET / HTTP/1.0", proxy.label_host, "Connection: keep-alive\r\n" + fields));
  };
  EXPECT_EQ(ask("Authorization: NTLM 1\r\n").status, 401);
  EXPECT_EQ(ask("Authorization: NTLM 3 alice\r\n").body, "alice");
  EXPECT_EQ(ask("").body, "alice");
  EXPECT_EQ(proxy.stranger(), "nobody");
}

TEST_P(ClientLogin, F123_an_origin_that_ends_it_ends_the_clients_connection) {
  Logins proxy(GetParam());
  EXPECT_EQ(proxy.stranger(), "nobody");
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  // This response says nothing of it, and the connection ends after it.
  EXPECT_EQ(proxy.ask(alice, "", "/last").body, "alice");
  EXPECT_EQ(alice.read_to_end(), "");
  EXPECT_EQ(proxy.stranger(), "nobody");
}

TEST_P(ClientLogin, F123_an_origin_that_announces_the_end_is_passed_on) {
  Logins proxy(GetParam());
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  const auto last = proxy.ask(alice, "", "/close");
  EXPECT_EQ(last.body, "alice");
  EXPECT_EQ(last.fields.get("connection"), "close");
  EXPECT_EQ(alice.read_to_end(), "");
}

TEST_P(ClientLogin, F123_counts_as_one_of_the_origins_connections) {
  Logins proxy(GetParam(), [](auto& config) { config.set("pool.max_connections", "1"); });
  EXPECT_EQ(proxy.stranger(), "nobody");  // its connection stays in the pool, and makes room
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  RawClient bob = proxy.connect();
  const auto refused = proxy.ask(bob, "NTLM 1");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("pool.max_connections"));
  EXPECT_EQ(proxy.ask(alice).body, "alice");
  alice.close();
  proxy.origin.wait_for_open(0);
  RawClient carol = proxy.connect();
  EXPECT_EQ(proxy.log_in(carol, "carol"), "carol");
}

TEST_P(ClientLogin, F123_is_shown_among_the_pools_connections) {
  Logins proxy(GetParam(), [](auto& config) { config.with_admin(); });
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  const auto pools = RawClient(proxy.daemon->admin_address()).get("admin", "/pools").body;
  EXPECT_THAT(pools, HasSubstr("\"state\":\"bound\""));
  EXPECT_THAT(pools, HasSubstr("a client's login (NTLM, Negotiate)"));
  const auto metrics = RawClient(proxy.daemon->admin_address()).get("admin", "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("state=\"bound\"} 1"));
}

INSTANTIATE_TEST_SUITE_P(Origins, ClientLogin, ::testing::Values("plain", "http/1.1"), origin_name);

TEST(ClientLogins, F123_an_origin_of_both_protocols_is_asked_over_http_1_1) {
  LoginOrigin logins;
  ScriptedOrigin origin(speaking({"h2", "http/1.1"}), [&](OriginConnection& connection) {
    if (connection.is_h2())
      Service([](const Request&) { return Response{.status = 401}; })(connection);
    else
      logins.script()(connection);
  });
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), pki().ca_file()));
  EXPECT_EQ(proxy.get().status, 401);
  RawClient alice = proxy.client();
  alice.roundtrip(get_request("/", "Authorization: NTLM 1\r\n"));
  EXPECT_EQ(alice.roundtrip(get_request("/", "Authorization: NTLM 3 alice\r\n")).body, "alice");
  EXPECT_EQ(alice.roundtrip(get_request()).body, "alice");
  EXPECT_EQ(proxy.get().status, 401);
}

TEST(ClientLogins, F123_an_origin_of_http2_alone_gets_a_connection_for_each_login) {
  const auto connections = std::make_shared<Tally<std::map<std::string, std::set<std::size_t>>>>();
  OneOrigin proxy("h2", Service([connections](const Request& request) {
                    const auto user = request.fields.get("authorization");
                    connections->update([&](auto& all) { all[user].insert(request.connection); });
                    return Response{.body = user};
                  }));
  EXPECT_EQ(proxy.connect().get(proxy.label_host).body, "");
  RawClient alice = proxy.connect();
  RawClient bob = proxy.connect();
  for (int i = 0; i < 2; ++i) {
    for (auto* user : {&alice, &bob}) {
      const std::string credentials = user == &alice ? "Negotiate alice" : "Negotiate bob";
      EXPECT_EQ(user->get(proxy.label_host, "/", {{"Authorization", credentials}}).body,
                credentials);
    }
    EXPECT_EQ(proxy.connect().get(proxy.label_host).body, "");
  }
  std::set<std::size_t> all;
  for (const auto& [user, used] : connections->copy()) {
    EXPECT_EQ(used.size(), 1U) << user;
    all.insert(used.begin(), used.end());
  }
  EXPECT_EQ(all.size(), 3U);
}

/// Half a handshake on another connection would be worse than an answer that says so.
TEST(ClientLogins, F123_nothing_that_relies_on_a_login_is_tried_again) {
  Logins proxy("http/1.1");
  EXPECT_EQ(proxy.stranger(), "nobody");
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  const auto seen = proxy.seen().size();
  // The origin reads a request and ends: no byte of a response, on a connection that had worked.
  proxy.origin.set_script([](OriginConnection& connection) { connection.next_request(); });
  RawClient bob = proxy.connect();
  EXPECT_EQ(proxy.ask(bob, "NTLM 1").status, 502);
  EXPECT_EQ(proxy.seen().size(), seen);
  EXPECT_EQ(proxy.ask(alice).body, "alice") << "its connection has its script still";
}

TEST(ClientLogins, F123_a_login_that_breaks_is_told_and_the_clients_connection_ends) {
  ScriptedOrigin origin(speaking({"http/1.1"}));
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), pki().ca_file()));
  RawClient alice = proxy.client();
  alice.send(get_request("/", "Authorization: NTLM 1\r\n"));
  auto connection = origin.accept();
  connection->read_request();
  connection->respond(401, "", {{"WWW-Authenticate", "NTLM 2"}});
  EXPECT_EQ(alice.read_response().status, 401);
  alice.send(get_request("/", "Authorization: NTLM 3 alice\r\n"));
  connection->read_request();
  connection->close();
  const auto response = alice.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(alice.read_to_end(), "");
  EXPECT_EQ(origin.accepts(), 1U);
  EXPECT_THAT(outcomes(proxy.records(2)),
              ::testing::ElementsAre("401", "502 connection_terminated/origin/response"));
}

TEST(ClientLogins, F123_a_first_step_that_never_left_may_be_tried_again) {
  Logins proxy("http/1.1");
  proxy.origin.stop_listening();
  RawClient alice = proxy.connect();
  const auto refused = proxy.ask(alice, "NTLM 1");
  EXPECT_EQ(refused.status, 502);
  EXPECT_FALSE(refused.fields.has("connection")) << "nothing was bound to it";
  proxy.origin.listen_again();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
}

/// Absolute form: one client connection, several origins.
TEST(ClientLogins, F123_one_connection_may_log_in_at_several_origins_and_not_at_any_number) {
  Logins proxy("plain");
  const auto host = [](int i) { return "o" + std::to_string(i) + ".test.ccnproxy"; };
  RawClient alice = proxy.connect();
  for (int i = 0; i < 8; ++i) {
    const std::string user = "alice" + std::to_string(i);
    EXPECT_EQ(alice.get(host(i), "/", {{"Authorization", "Negotiate " + user}}).body, user);
  }
  for (int i = 0; i < 8; ++i) EXPECT_EQ(alice.get(host(i)).body, "alice" + std::to_string(i));
  const auto refused = alice.get(host(8), "/", {{"Authorization", "Negotiate alice"}});
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("logged in"));
  EXPECT_EQ(alice.get(host(8)).body, "nobody");
  EXPECT_EQ(alice.get(host(0)).body, "alice0");
}

TEST(ClientLogins, F123_an_upgrade_goes_over_the_login_and_takes_it) {
  ScriptedOrigin origin(speaking({"http/1.1"}));
  DaemonConfig config = one_worker();
  config.set("tunnel_upgrades", "true");
  Proxy proxy(config.origin("api.test", origin.endpoint(), pki().ca_file()));
  RawClient alice = proxy.client();
  alice.send(get_request("/chat",
                         "Connection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: NTLM 1\r\n"));
  auto connection = origin.accept();
  connection->read_request();
  connection->respond(401, "", {{"WWW-Authenticate", "NTLM 2"}});
  EXPECT_EQ(alice.read_response().status, 401);
  alice.send(get_request(
      "/chat", "Connection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: NTLM 3 alice\r\n"));
  connection->read_request();
  connection->write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\n\r\nhello");
  EXPECT_THAT(alice.read_until("\r\n\r\n"), HasSubstr(" 101 "));
  EXPECT_EQ(alice.read_exact(5), "hello");
  alice.send("back");
  EXPECT_EQ(connection->read_exact(4), "back");
  alice.close();
  connection->wait_for_end();
  EXPECT_EQ(proxy.records(2).back().get("status"), "101");
}

/// A client that goes to another worker would leave its login behind.
TEST(ClientLogins, F123_a_client_with_a_login_stays_with_its_worker) {
  Logins proxy("plain", [](auto& config) {
    config.set("workers", "2").set("pool.min_ready", "1").set("pool.keep_warm", "10m");
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back(new RawClient(proxy.connect()));
    EXPECT_EQ(proxy.stranger(), "nobody");
    EXPECT_EQ(proxy.log_in(*clients.back(), "user" + std::to_string(i)),
              "user" + std::to_string(i));
  }
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      EXPECT_EQ(proxy.ask(*clients[i]).body, "user" + std::to_string(i));
      EXPECT_EQ(proxy.stranger(), "nobody");
    }
  }
}

/// The next step can be sent over this connection or not at all.
TEST(ClientLogins, F123_a_login_under_way_is_let_finish_while_we_drain) {
  Logins proxy("http/1.1");
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.ask(alice, "NTLM 1").fields.get("www-authenticate"), "NTLM 2");
  RawClient bob = proxy.connect();
  EXPECT_EQ(proxy.log_in(bob, "bob"), "bob");
  proxy.daemon->signal(SIGTERM);
  EXPECT_EQ(bob.read_to_end(), "") << "its login is over";
  const auto response = proxy.ask(alice, "NTLM 3 alice");
  EXPECT_EQ(response.body, "alice");
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(alice.read_to_end(), "");
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
}

TEST(ClientLogins, F123_a_reload_that_bars_the_origin_ends_them) {
  Logins proxy("plain");
  RawClient alice = proxy.connect();
  EXPECT_EQ(proxy.log_in(alice, "alice"), "alice");
  DaemonConfig config = one_worker();
  config.origin("*.test", proxy.origin.endpoint(), pki().ca_file());
  config.set("origins.deny", "[\"api.test\"]");
  proxy.daemon->reload(config);
  EXPECT_EQ(alice.read_to_end(), "");
  RawClient again = proxy.connect();
  EXPECT_EQ(proxy.ask(again, "NTLM 1").status, 403);
}

}  // namespace
}  // namespace ccnproxy::integration
