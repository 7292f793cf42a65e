// Reaching an origin: names, addresses, certificates, and what is said where it can't be reached.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/stub_resolver.h"
#include "fakes/tcp_gate.h"
#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;

OriginOptions with(const Certificate& certificate) {
  OriginOptions options = speaking({"h2", "http/1.1"});
  options.certificate = certificate;
  return options;
}

/// A request must end as this error, said the same way to the client and in the log.
void expect_error(Proxy& proxy, int status, const std::string& type, const std::string& phase) {
  const ReceivedResponse response = proxy.get();
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(proxy_error(response), type);
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(proxy.record().outcome(), std::to_string(status) + " " + type + "/origin/" + phase);
}

TEST(OriginTls, F039_sni_is_the_hosts_name_in_lower_case) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"h2"}), service);
  RawClient client = both.proxy.client();
  EXPECT_EQ(client.get("API.Test.ccnproxy-https").status, 200);
  EXPECT_THAT(both.origin.counts().sni, ElementsAre("api.test"));
}

TEST(OriginTls, F041_a_trailing_dot_and_another_case_are_the_same_origin) {
  Service service([](const Request& request) { return Response{.body = request.authority}; });
  OriginAndProxy both(speaking({"h2"}), service);
  RawClient client = both.proxy.client();
  for (const std::string name : {"api.test.ccnproxy-https", "API.TEST.CCNPROXY-HTTPS",
                                 "api.test.ccnproxy-https.", "api.test.ccnproxy-https.local"})
    EXPECT_EQ(client.get(name).body, "api.test") << name;
  EXPECT_EQ(both.origin.accepts(), 1U);
}

TEST(OriginTls, server_name_replaces_sni_and_the_verified_name_only) {
  Service service([](const Request& request) { return Response{.body = request.authority}; });
  ScriptedOrigin origin(with(pki().server({"other.test"})), service);
  DaemonConfig config = one_worker();
  config.origin("api.test", origin.endpoint());
  const std::string tls = "tls: {ca_file: \"" + pki().ca_file() + "\", server_name: other.test}";
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), "", {tls}));
  EXPECT_EQ(proxy.get().body, "api.test");
  EXPECT_THAT(origin.counts().sni, ElementsAre("other.test"));
}

TEST(OriginTls, a_large_client_hello_that_is_refused_is_followed_by_a_small_one) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL sends no large ones";
  Service service(standard_answers);
  auto options = speaking({"h2"});
  options.refuse_large_hello = true;
  OriginAndProxy both(options, service);
  EXPECT_EQ(both.proxy.get().status, 502);
  EXPECT_EQ(both.proxy.get().status, 200);
  both.proxy.daemon.wait_for_log("set tls.groups to [X25519, P-256]");
}

TEST(OriginTls, a_group_that_the_origin_asked_for_is_offered_at_once_from_then_on) {
  auto options = speaking({"http/1.1"});
  options.groups = "P-256";
  ScriptedOrigin origin(options);
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), pki().ca_file(),
                                  {"pool: {max_connections: 1}"}));
  for (const int hellos : {2, 1, 1}) {
    RawClient client = proxy.client();
    client.send(get_request("/"));
    const auto connection = origin.accept();
    EXPECT_EQ(connection->tls().hellos, hellos);
    connection->read_request();
    connection->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.read_response().status, 200);
    connection->close();
  }
}

struct BadCertificate {
  std::string name;
  Certificate (*make)();
};

class OriginCertificate : public ::testing::TestWithParam<BadCertificate> {};
INSTANTIATE_TEST_SUITE_P(
    Bad, OriginCertificate,
    ::testing::Values(
        BadCertificate{"wrong_name", [] { return pki().server({"evil.test"}); }},
        BadCertificate{"expired", [] { return pki().expired({"api.test"}); }},
        BadCertificate{"not_yet_valid", [] { return pki().not_yet_valid({"api.test"}); }},
        BadCertificate{"self_signed", [] { return pki().self_signed({"api.test"}); }},
        BadCertificate{"unknown_ca", [] { return pki().from_unknown_ca({"api.test"}); }},
        BadCertificate{"missing_intermediate",
                       [] { return pki().missing_intermediate({"api.test"}); }}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(OriginCertificate, F040_a_bad_certificate_is_refused_before_anything_is_sent) {
  Service service(standard_answers);
  OriginAndProxy both(with(GetParam().make()), service);
  expect_error(both.proxy, 502, "tls_certificate_error", "tls");
  EXPECT_EQ(both.origin.wait_for_failed_handshakes(1).requests, 0U);
}

TEST_P(OriginCertificate, F040_a_bad_certificate_is_forgotten_when_a_good_one_comes) {
  Service service(standard_answers);
  OriginAndProxy both(with(GetParam().make()), service);
  EXPECT_EQ(both.proxy.get().status, 502);
  both.origin.reconfigure(
      [](OriginOptions& options) { options.certificate = pki().server({"api.test"}); });
  EXPECT_EQ(both.proxy.get().status, 200);
}

TEST_P(OriginCertificate, F040_verification_can_be_put_off_for_one_origin) {
  Service service(standard_answers);
  ScriptedOrigin origin(with(GetParam().make()), service);
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), "", {"tls: {verify: false}"}));
  EXPECT_EQ(proxy.get().status, 200);
}

TEST(OriginTls, F040_a_chain_through_an_intermediate_is_good) {
  Service service(standard_answers);
  OriginAndProxy both(with(pki().through_intermediate({"api.test"})), service);
  EXPECT_EQ(both.proxy.get().status, 200);
}

TEST(OriginTls, a_client_certificate_is_shown_where_one_is_set) {
  OriginOptions options = speaking({"h2"});
  options.client_ca_file = pki().ca_file();
  ScriptedOrigin origin(options);
  const Certificate shop = pki().client("shop-1");
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), "",
                                  {"tls: {ca_file: \"" + pki().ca_file() + "\", certificate: \"" +
                                   shop.chain_file + "\", key: \"" + shop.key_file + "\"}"}));
  RawClient client = proxy.client();
  client.send(get_request());
  OriginSide side(origin);
  EXPECT_EQ(side.connection().tls().client_subject, "shop-1");
  side.read_request();
  side.respond(200);
  EXPECT_EQ(client.read_response().status, 200);
}

TEST(OriginTls, an_alert_of_the_origin_is_told_as_such) {
  OriginOptions options = speaking({"no-such-protocol"});
  OriginAndProxy both(options, [](OriginConnection&) {});
  expect_error(both.proxy, 502, "tls_alert_received", "tls");
}

TEST(OriginTls, what_is_no_tls_is_told_as_such) {
  OriginOptions options;
  options.tls = false;
  OriginAndProxy both(options, [](OriginConnection& c) {
    c.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    c.read_to_end();
  });
  expect_error(both.proxy, 502, "tls_protocol_error", "tls");
}

TEST(OriginTls, an_end_in_the_handshake_is_told_as_such) {
  OriginOptions options;
  options.tls = false;
  OriginAndProxy both(options, [](OriginConnection& c) { c.read_exact(1); });
  const ReceivedResponse response = both.proxy.get();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "connection_terminated");
  EXPECT_EQ(both.proxy.record().get("phase"), "tls");
}

TEST(OriginTls, F045_a_handshake_that_is_not_answered_times_out) {
  OriginOptions options = speaking({"h2"});
  options.answer_handshake = false;
  OriginAndProxy both(options, nullptr, one_worker(), {"timeouts: {tls: 300ms}"});
  expect_error(both.proxy, 504, "connection_timeout", "tls");
}

TEST(OriginAddress, a_refused_connection_is_told_and_the_next_try_is_a_new_one) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"h2"}), service);
  both.origin.stop_listening();
  expect_error(both.proxy, 502, "connection_refused", "tcp");
  both.origin.listen_again();
  EXPECT_EQ(both.proxy.get().status, 200);
}

TEST(OriginAddress, a_plain_origin_is_reached_by_its_own_label) {
  Service service([](const Request& request) { return Response{.body = request.authority}; });
  OriginOptions options;
  options.tls = false;
  OriginAndProxy both(options, service);
  RawClient client = both.proxy.client();
  EXPECT_EQ(client.get("api.test.ccnproxy").body, "api.test");
  EXPECT_EQ(both.proxy.record().get("origin"), "http://api.test");
}

/// Names of the origin come from a resolver of the test's.
class OriginDns : public ::testing::Test {
 protected:
  DaemonConfig config() {
    DaemonConfig config = one_worker();
    config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
    config.set("timeouts.dns", "500ms");
    config.set("tls.ca_file", '"' + pki().ca_file() + '"');
    return config;
  }
  static ReceivedResponse get(Proxy& proxy, std::uint16_t port) {
    return proxy.client().get(host + ":" + std::to_string(port));
  }
  StubResolver dns;
};

TEST_F(OriginDns, a_name_that_does_not_exist_is_a_dns_error) {
  Proxy proxy(config());
  expect_error(proxy, 502, "dns_error", "dns");
}

TEST_F(OriginDns, a_resolver_that_is_silent_is_a_dns_timeout) {
  dns.set("api.test", DnsAnswer::no_reply());
  Proxy proxy(config());
  expect_error(proxy, 504, "dns_timeout", "dns");
}

TEST_F(OriginDns, F050_all_addresses_are_tried_before_a_request_fails) {
  OriginOptions options = speaking({"h2"});
  options.address = "127.0.0.3:0";
  Service service(standard_answers);
  ScriptedOrigin origin(options, service);
  dns.set("api.test", {.addresses = {"127.0.0.1", "127.0.0.2", "127.0.0.3"}});
  Proxy proxy(config());
  EXPECT_EQ(get(proxy, origin.port()).status, 200);
  EXPECT_EQ(proxy.record().get("address"), origin.endpoint());
}

TEST_F(OriginDns, an_address_that_swallows_connects_times_out) {
  // The backlog of a listener that nobody accepts from is filled, so that connects hang.
  const Descriptor full = listen_on("127.0.0.1:0", {.backlog = 0});
  const std::string endpoint = local_endpoint(full.get());
  std::vector<Descriptor> fillers;
  try {
    for (int i = 0; i < 8; ++i) fillers.push_back(connect_to(endpoint, Patience(50)));
  } catch (const Failure&) {  // full
  }
  ASSERT_LT(fillers.size(), 8U);
  Proxy proxy(
      one_worker().origin("api.test", endpoint, pki().ca_file(), {"timeouts: {connect: 300ms}"}));
  expect_error(proxy, 504, "connection_timeout", "tcp");
}

}  // namespace
}  // namespace ccnproxy::integration
