// Which origin a request goes to, what the origin sees of it, and what the daemon answers itself.
#include <filesystem>

#include "client_fixture.h"
#include "fakes/tcp_gate.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The first line of /head: "GET /head AUTHORITY".
std::string first_line(const ReceivedResponse& response) {
  return response.body.substr(0, response.body.find('\n'));
}

std::string port_of_listener(const OneOrigin& proxy) {
  return std::to_string(fakes::port_of(proxy.daemon->address()));
}

TEST(ClientTargets, F121_labels_name_an_https_origin) {
  OneOrigin proxy("h2", Service(standard_answers));
  RawClient client = proxy.connect();
  const std::vector<std::pair<std::string, std::string>> hosts = {
      {"api.test.ccnproxy-https", "api.test"},
      {"api.test.ccnproxy-ssl", "api.test"},
      {"api.test.ccnproxy-secure", "api.test"},
      {"API.Test.CCNPROXY-HTTPS", "api.test"},
      {"api.test.ccnproxy-https.", "api.test"},
      {"api.test.ccnproxy-https.local", "api.test"},
      {"api.test.ccnproxy-https.svc.example", "api.test"},
      {"api.test.ccnproxy-https:443", "api.test"},
      {"api.test.ccnproxy-https:8443", "api.test:8443"},
      {"api.test.ccnproxy-https.local:8443", "api.test:8443"},
      {"api.test.ccnproxy-https:" + port_of_listener(proxy), "api.test"},
  };
  for (const auto& [sent, authority] : hosts)
    EXPECT_EQ(first_line(client.get(sent, "/head")), "GET /head " + authority) << sent;
}

TEST(ClientTargets, F090_the_label_ccnproxy_names_a_plain_origin) {
  OneOrigin proxy("plain", Service(standard_answers));
  RawClient client = proxy.connect();
  EXPECT_EQ(first_line(client.get("api.test.ccnproxy", "/head")), "GET /head api.test");
  EXPECT_EQ(first_line(client.get("api.test.ccnproxy:80", "/head")), "GET /head api.test");
  EXPECT_EQ(first_line(client.get("api.test.ccnproxy:8080", "/head")), "GET /head api.test:8080");
}

TEST(ClientTargets, F090_port_in_host_may_be_ignored_or_always_meant) {
  for (const std::string mode : {"ignore", "origin"}) {
    OneOrigin proxy("plain", Service(standard_answers),
                    [&](auto& config) { config.set("port_in_host", mode); });
    const std::string port = port_of_listener(proxy);
    EXPECT_EQ(first_line(proxy.connect().get("api.test.ccnproxy:" + port, "/head")),
              mode == "ignore" ? "GET /head api.test" : "GET /head api.test:" + port);
  }
}

TEST(ClientTargets, F116_absolute_form_names_the_origin_and_wins_over_host) {
  OneOrigin proxy("h2", Service(standard_answers),
                  [](auto& config) { config.set("upgrade", "[other.test]"); });
  RawClient client = proxy.connect();
  const std::vector<std::pair<std::string, std::string>> targets = {
      {"http://api.test.ccnproxy-https/head", "GET /head api.test"},
      {"http://API.test.ccnproxy-https:8443/head", "GET /head api.test:8443"},
      {"https://api.test/head", "GET /head api.test"},
      {"HTTPS://api.test:8443/head", "GET /head api.test:8443"},
      {"http://other.test/head", "GET /head other.test"},
  };
  for (const auto& [target, line] : targets)
    EXPECT_EQ(first_line(client.get("elsewhere.example", target)), line) << target;
}

TEST(ClientTargets, absolute_form_without_upgrade_is_plain) {
  OneOrigin proxy("plain", Service(standard_answers));
  EXPECT_EQ(first_line(proxy.connect().get("elsewhere.example", "http://api.test/head")),
            "GET /head api.test");
}

TEST(ClientTargets, a_target_without_a_path_gets_one) {
  OneOrigin proxy("plain", Service([](const Request& request) {
                    return Response{.body = request.method + " " + request.target};
                  }));
  RawClient client = proxy.connect();
  EXPECT_EQ(client.get("x", "http://api.test").body, "GET /");
  EXPECT_EQ(client.get("x", "http://api.test?a=b").body, "GET /?a=b");
  EXPECT_EQ(client.roundtrip(head("OPTIONS http://api.test HTTP/1.1", "x")).body, "OPTIONS *");
  EXPECT_EQ(client.roundtrip(head("OPTIONS * HTTP/1.1", "api.test.ccnproxy")).body, "OPTIONS *");
}

TEST(ClientTargets, F118_method_path_and_query_pass_byte_for_byte) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, Service([](const Request& request) {
                      return Response{.body = request.method + " " + request.target};
                    }));
    std::string target = "/a//b/%2F/%2f/../=@+;";
    for (char c = 0x21; c < 0x7f; ++c) target += c == '#' ? '?' : c;
    const auto response =
        proxy.connect().roundtrip(head("M-SEARCH " + target + " HTTP/1.1", proxy.label_host));
    EXPECT_EQ(response.body, "M-SEARCH " + target) << protocol;
  }
}

TEST(ClientTargets, answers_on_a_unix_socket) {
  const TempDir folder;
  const std::string path = "unix:" + folder.path() + "/proxy.sock";
  {
    OneOrigin proxy("h2", Service(standard_answers), [&](auto& config) { config.listen(path); });
    ASSERT_EQ(proxy.daemon->address(1), path);
    RawClient client(path);
    EXPECT_EQ(client.get(proxy.label_host).body, "ok");
    EXPECT_EQ(first_line(client.get(proxy.label_host + ":8443", "/head")),
              "GET /head api.test:8443");
    EXPECT_THAT(proxy.daemon->wait_for_access_records(1).front(), HasSubstr("\"client\":\"unix\""));
  }
  // The file of a daemon that has gone is no obstacle.
  ASSERT_TRUE(std::filesystem::is_socket(path.substr(5)));
  OneOrigin again("h2", Service(standard_answers), [&](auto& config) { config.listen(path); });
  EXPECT_EQ(RawClient(path).get(again.label_host).body, "ok");
}

TEST(ClientOwnAnswers, hc_answers_where_no_label_is) {
  OneOrigin proxy("h2", Service([](const Request&) { return Response{.body = "the origin's"}; }));
  RawClient client = proxy.connect();
  for (const std::string own : {"localhost", "127.0.0.1:3000", "[::1]:3000", "proxy.internal"}) {
    const auto response = client.get(own, "/hc");
    EXPECT_EQ(response.status, 200) << own;
    EXPECT_EQ(response.body, "OK\n");
    EXPECT_FALSE(response.fields.has("proxy-status"));
  }
  EXPECT_EQ(client.get("localhost", "/hc?x").status, 200);
  EXPECT_EQ(client.roundtrip("GET /hc HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").status, 200);
  const auto head_only = client.roundtrip(head("HEAD /hc HTTP/1.1", "localhost"), "HEAD");
  EXPECT_EQ(head_only.status, 200);
  EXPECT_EQ(head_only.fields.get("content-length"), "3");
  EXPECT_EQ(client.get(proxy.label_host, "/hc").body, "the origin's");
  EXPECT_EQ(client.roundtrip(head("POST /hc HTTP/1.1", "localhost")).status, 400);
  EXPECT_EQ(client.get("localhost", "/hcx").status, 400);
  EXPECT_EQ(proxy.origin.requests(), 1U);
}

TEST(ClientOwnAnswers, no_label_is_a_400_that_says_what_to_send) {
  OneOrigin proxy("h2", Service(standard_answers));
  for (const std::string wrong :
       {"api.test", "ccnproxy-https.api", "ccnproxy-https", "api.test:80"}) {
    const auto response = proxy.connect().get(wrong);
    EXPECT_EQ(response.status, 400) << wrong;
    EXPECT_THAT(response.body, HasSubstr("ccnproxy-https"));
    EXPECT_THAT(response.fields.get("content-type"), StartsWith("text/plain"));
    EXPECT_THAT(response.fields.get("proxy-status"),
                StartsWith("ccnproxy; error=http_request_error; details=\""));
  }
  RawClient client = proxy.connect();
  EXPECT_EQ(client.get("api.test").status, 400);
  const auto without_host = client.roundtrip("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(without_host.status, 400);
  EXPECT_EQ(client.get(proxy.label_host).body, "ok");  // the connection lives on
  EXPECT_EQ(proxy.origin.requests(), 1U);
}

TEST(ClientOwnAnswers, F055_a_loop_ends_at_its_second_turn) {
  TcpGate gate("127.0.0.1:9");  // the way from the daemon to itself
  OneOrigin proxy("plain", nullptr, [&](auto& config) {
    config.origin("self.example", gate.endpoint());
    config.origin("self.example.ccnproxy", gate.endpoint());
  });
  gate.set_server(proxy.daemon->address());
  RawClient client = proxy.connect();
  // Comes back with a label (a double one was sent), and without.
  for (const std::string host_of_loop :
       {"self.example.ccnproxy.ccnproxy", "self.example.ccnproxy"}) {
    const auto response = client.get(host_of_loop);
    EXPECT_EQ(response.status, 508) << host_of_loop;
    EXPECT_EQ(proxy_error(response), "proxy_loop_detected");
  }
  const auto records = proxy.daemon->wait_for_access_records(4);
  EXPECT_THAT(records[0], HasSubstr("\"type\":\"proxy_loop_detected\""));
}

TEST(ClientOwnAnswers, F055_what_came_through_a_chocon_is_a_loop) {
  OneOrigin proxy("plain", Service(standard_answers));
  const auto response = proxy.connect().get(proxy.label_host, "/", {{"X-Chocon-Ver", "0.12.6"}});
  EXPECT_EQ(response.status, 508);
  EXPECT_EQ(proxy_error(response), "proxy_loop_detected");
}

TEST(ClientOwnAnswers, F096_a_full_queue_is_a_503_that_says_when_to_come_back) {
  const auto hold = std::make_shared<Latch>();
  OneOrigin proxy("plain", Service([&](const Request&) { return Response{.held_by = hold}; }),
                  [](DaemonConfig& config) {
                    config.set("pool.max_connections", "1").set("pool.max_pending", "1");
                  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2; ++i) {  // one is served, one waits
    clients.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    clients.back()->send(head("GET / HTTP/1.1", proxy.label_host));
    proxy.origin.wait_for_requests(1);
  }
  // Later on the same loop than what the two have sent.
  EXPECT_EQ(proxy.connect().get("localhost", "/hc").status, 200);
  const auto refused = proxy.connect().get(proxy.label_host);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
  EXPECT_TRUE(refused.fields.has("retry-after"));
  hold->open();
  for (const auto& client : clients) EXPECT_EQ(client->read_response().status, 200);
}

class ClientRequestId : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Origins, ClientRequestId, ::testing::Values("h2", "plain"), origin_name);

TEST_P(ClientRequestId, is_kept_or_made_and_goes_both_ways) {
  OneOrigin proxy(GetParam(), Service([](const Request& request) {
                    return Response{.fields = {{"X-Seen-Id", request.fields.get("x-chocon-req")},
                                               {"X-Seen-Loop", request.fields.get("cdn-loop")}}};
                  }));
  RawClient client = proxy.connect();
  const auto kept = client.get(proxy.label_host, "/", {{"x-chocon-req", "client-7"}});
  EXPECT_EQ(kept.fields.get("x-seen-id"), "client-7");
  EXPECT_EQ(kept.fields.get("x-chocon-req"), "client-7");
  const auto first = client.get(proxy.label_host);
  const auto second = client.get(proxy.label_host);
  EXPECT_GE(first.fields.get("x-chocon-req").size(), 16U);
  EXPECT_EQ(first.fields.get("x-seen-id"), first.fields.get("x-chocon-req"));
  EXPECT_NE(first.fields.get("x-chocon-req"), second.fields.get("x-chocon-req"));
  EXPECT_EQ(client.get("localhost", "/hc", {{"X-Chocon-Req", "h"}}).fields.get("x-chocon-req"),
            "h");
  EXPECT_THAT(first.fields.get("via"), StartsWith("1.1 ccnproxy-"));
  EXPECT_EQ("1.1 " + first.fields.get("x-seen-loop"), first.fields.get("via"));
  const auto records = proxy.daemon->wait_for_access_records(1);
  EXPECT_THAT(records[0], HasSubstr("\"request_id\":\"client-7\""));
}

TEST(ClientRequestIdName, can_be_chosen) {
  OneOrigin proxy("h2", Service([](const Request& request) {
                    return Response{.body = request.fields.get("x-chocon-id")};
                  }),
                  [](auto& config) { config.set("request_id_header", "X-Chocon-Id"); });
  const auto response = proxy.connect().get(proxy.label_host, "/", {{"X-Chocon-Id", "7"}});
  EXPECT_EQ(response.body, "7");
  EXPECT_EQ(response.fields.get("x-chocon-id"), "7");
  EXPECT_FALSE(response.fields.has("x-chocon-req"));
}

TEST(ClientFields, F086_end_to_end_fields_pass_and_hop_by_hop_ones_do_not) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, Service([](const Request& request) {
                      Response response = standard_answers(request);
                      response.fields = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}};
                      return response;
                    }));
    const auto response = proxy.connect().roundtrip(
        head("GET /head HTTP/1.1", proxy.label_host,
             "Connection: X-Secret, keep-alive\r\nX-Secret: s\r\nKeep-Alive: timeout=5\r\n"
             "Proxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\n"
             "Accept: */*\r\nX-Twice: 1\r\nX-Twice: 2\r\nVia: 1.0 before\r\n"));
    EXPECT_EQ(response.fields.count("set-cookie"), 2U);
    for (const std::string gone : {"ecret", "eep-", "Basic", "onnection"})
      EXPECT_THAT(response.body, ::testing::Not(HasSubstr(gone))) << protocol;
    EXPECT_THAT(response.body, ::testing::ContainsRegex("[Aa]ccept: \\*/\\*"));
    EXPECT_THAT(response.body, ::testing::ContainsRegex("wice: 1\n[^\n]*wice: 2\n"));
    EXPECT_THAT(response.body, ::testing::ContainsRegex("ia: 1.0 before\n[^\n]*oop: ccnproxy-"));
    EXPECT_THAT(response.body, ::testing::Not(HasSubstr("ccept-encoding")));  // F119
    EXPECT_THAT(response.body, ::testing::Not(HasSubstr("ser-agent")));
  }
}

}  // namespace
}  // namespace ccnproxy::integration
