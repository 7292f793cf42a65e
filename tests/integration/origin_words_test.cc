// What people are told when an origin can't be reached: name, phase, value and key; the same in the
// body, in Proxy-Status and in the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

OriginOptions with(const Certificate& certificate) {
  OriginOptions options = speaking({"h2", "http/1.1"});
  options.certificate = certificate;
  return options;
}

/// The body of the one answer, having seen that field and log say the same.
std::string said(Proxy& proxy, const std::string& request = get_request()) {
  const ReceivedResponse response = proxy.client().roundtrip(request);
  EXPECT_GE(response.status, 400);
  const auto text = response.body.substr(0, response.body.size() - 1);  // its line end
  EXPECT_EQ(response.body.back(), '\n');
  EXPECT_THAT(response.fields.get("proxy-status"), HasSubstr("; details=\"" + text + '"'));
  EXPECT_EQ(proxy.record().get("detail"), text);
  return text;
}

TEST(OriginWords, a_certificate_for_another_name) {
  OriginAndProxy both(with(pki().server({"other.example"})), [](OriginConnection&) {});
  EXPECT_THAT(said(both.proxy),
              AllOf(HasSubstr("https://api.test (" + both.origin.endpoint() + "): "),
                    HasSubstr("the certificate is for other.example, not api.test"),
                    HasSubstr("; tcp "), HasSubstr(", tls ")));
}

TEST(OriginWords, a_certificate_that_has_expired) {
  OriginAndProxy both(with(pki().expired({"api.test"})), [](OriginConnection&) {});
  EXPECT_THAT(said(both.proxy), MatchesRegex(".*the certificate expired 20[0-9-]*T[0-9:]*Z .*"));
}

TEST(OriginWords, an_issuer_that_is_not_trusted) {
  OriginAndProxy both(with(pki().missing_intermediate({"api.test"})), [](OriginConnection&) {});
  EXPECT_THAT(said(both.proxy), AllOf(HasSubstr("issued by CN=ccnproxy test intermediate"),
                                      HasSubstr("not in " + pki().ca_file() + " (tls.ca_file)")));
}

TEST(OriginWords, an_alert_with_its_key) {
  OriginOptions options = speaking({"http/1.1"});
  options.max_version = TLS1_2_VERSION;
  options.client_ca_file = pki().ca_file();
  OriginAndProxy both(options, [](OriginConnection&) {});
  EXPECT_THAT(said(both.proxy),
              HasSubstr("the origin sent the TLS alert handshake_failure: it wants "
                        "a client certificate (tls.certificate)"));
}

TEST(OriginWords, an_alert_after_the_handshake_with_its_key) {
  OriginOptions options = speaking({"http/1.1"});
  options.client_ca_file = pki().ca_file();  // TLS 1.3: the client's handshake is over before
  OriginAndProxy both(options, [](OriginConnection&) {});
  EXPECT_THAT(said(both.proxy, post_request("/", "x")),
              HasSubstr("certificate_required: it wants a client certificate (tls.certificate)"));
}

TEST(OriginWords, a_handshake_without_end) {
  OriginOptions options = speaking({"h2"});
  options.answer_handshake = false;
  OriginAndProxy both(options, nullptr, one_worker(), {"timeouts: {tls: 300ms}"});
  EXPECT_THAT(said(both.proxy),
              HasSubstr("the TLS handshake was not over within 300 ms (timeouts.tls)"));
}

TEST(OriginWords, no_response_head) {
  OriginAndProxy both(speaking({"http/1.1"}), [](OriginConnection& c) { c.read_to_end(); },
                      one_worker(), {"timeouts: {response_head: 300ms}"});
  EXPECT_THAT(said(both.proxy), HasSubstr("no response head within 300 ms "
                                          "(timeouts.response_head)"));
}

TEST(OriginWords, no_tls_at_all) {
  OriginOptions options;
  options.tls = false;
  OriginAndProxy both(options, [](OriginConnection& c) {
    c.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    c.read_to_end();
  });
  EXPECT_THAT(said(both.proxy), HasSubstr("is this an http:// origin?"));
}

TEST(OriginWords, a_head_over_the_limit) {
  for (const std::string alpn : {"h2", "http/1.1"}) {
    Service service([](const Request&) {
      return Response{.fields = {{"x-large", std::string(5000, 'x')}}};
    });
    DaemonConfig config = one_worker();
    config.set("limits.head_bytes", "4KiB").set("limits.target_bytes", "1KiB");
    OriginAndProxy both(speaking({alpn}), service, config);
    EXPECT_THAT(said(both.proxy), AllOf(HasSubstr("limits.head_bytes is 4 KiB"))) << alpn;
  }
}

TEST(OriginWords, a_body_over_the_limit) {
  Service service(standard_answers);
  DaemonConfig config = one_worker();
  config.set("limits.body_bytes", "1KiB");
  OriginAndProxy both(speaking({"h2"}), service, config);
  EXPECT_THAT(said(both.proxy, post_request("/", std::string(2000, 'x'))),
              HasSubstr("larger than limits.body_bytes, which is 1 KiB"));
}

}  // namespace
}  // namespace ccnproxy::integration
