// Origins that want a client certificate for some paths only, and names with an underscore.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/stub_resolver.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

class PathCertificate : public ::testing::TestWithParam<int> {
 protected:
  static OriginOptions protecting(const std::string& alpn = "http/1.1") {
    OriginOptions options = speaking({alpn});
    options.max_version = GetParam();
    options.late_client_ca_file = pki().ca_file();
    return options;
  }
  static DaemonConfig with_certificate(const ScriptedOrigin& origin) {
    static const Certificate shop = pki().client("shop-1");
    return one_worker().origin("api.test", origin.endpoint(), "",
                               {"tls: {ca_file: \"" + pki().ca_file() + "\", certificate: \"" +
                                shop.chain_file + "\", key: \"" + shop.key_file + "\"}"});
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, PathCertificate,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION), [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "tls12" : "tls13";
                         });

/// What Apache does: the body is read, then the certificate is asked for, once a connection.
void protect(OriginConnection& c) {
  for (std::string who; auto request = c.next_request();) {
    if (who.empty() && request->target == "/protected") who = c.ask_certificate();
    c.respond(200, who.empty() ? "nobody" : who);
  }
}

TEST_P(PathCertificate, F129_is_shown_when_it_is_asked_for) {
  ScriptedOrigin origin(protecting(), protect);
  Proxy proxy(with_certificate(origin));
  EXPECT_EQ(proxy.get("/open").body, "nobody");
  EXPECT_EQ(proxy.get("/protected").body, "shop-1");
  EXPECT_EQ(proxy.post("/protected", std::string(200'000, 'b')).body, "shop-1");
}

TEST_P(PathCertificate, F129_goes_with_a_large_upload) {
  ScriptedOrigin origin(protecting(), protect);
  Proxy proxy(with_certificate(origin));
  EXPECT_EQ(proxy.post("/protected", std::string(5'000'000, 'b')).body, "shop-1");
}

TEST_P(PathCertificate, F129_the_origin_that_asks_without_end_is_told) {
  ScriptedOrigin origin(protecting(), [](OriginConnection& c) {
    c.read_request();
    for (;;) c.ask_certificate();
  });
  Proxy proxy(with_certificate(origin));
  const auto response = proxy.post("/", "x");
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body,
              HasSubstr("asks for TLS handshakes (client certificates) without end"));
}

TEST_P(PathCertificate, F129_without_one_the_answer_says_what_to_set) {
  if (GetParam() == TLS1_3_VERSION) return;  // it can't be asked for: the origin's own answer
  ScriptedOrigin origin(protecting(), [](OriginConnection& c) {
    c.read_request();
    c.ask_certificate();
  });
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), pki().ca_file()));
  const auto response = proxy.post("/", "x");
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("tls.certificate"));
}

TEST_P(PathCertificate, F129_is_never_shown_over_http2) {
  ScriptedOrigin origin(protecting("h2"), [](OriginConnection& c) {
    c.read_until("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    SSL_set_verify(c.stream().ssl(), SSL_VERIFY_PEER, nullptr);
    c.stream().read_some();
    EXPECT_THROW(c.ask_certificate(), std::exception);
  });
  Proxy proxy(with_certificate(origin));
  EXPECT_EQ(proxy.post("/", "x").status, 502);
}

class UnderscoreName : public ::testing::Test {};

TEST_F(UnderscoreName, F126_is_resolved_sent_and_verified) {
  StubResolver dns;
  dns.set("a_b.my_zone.test", {.addresses = {"127.0.0.1"}});
  OriginOptions options = speaking({"h2"});
  options.certificate = pki().server({"*.my_zone.test"});
  Service service([](const Request& request) { return Response{.body = request.authority}; });
  ScriptedOrigin origin(options, service);
  DaemonConfig config = one_worker();
  config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
  config.set("tls.ca_file", '"' + pki().ca_file() + '"');
  config.set("origins.deny_addresses", "[]");
  Proxy proxy(config);
  const auto port = std::to_string(origin.port());
  EXPECT_EQ(proxy.client().get("A_b.my_zone.test.ccnproxy-https:" + port).body,
            "a_b.my_zone.test:" + port);
  EXPECT_EQ(origin.counts().sni.at(0), "a_b.my_zone.test");
}

}  // namespace
}  // namespace ccnproxy::integration
