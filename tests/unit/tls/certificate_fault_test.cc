// What is said of a certificate that is refused, and of alerts.

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls/alert_text.h"
#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

using Handshake = TlsTransport::Handshake;
using fakes::Certificate;
using fakes::OriginConnection;
using fakes::ScriptedOrigin;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CertificateFaultTest : public TlsFixture {
 protected:
  /// What is said where this certificate is shown; empty if it is believed.
  std::string said(const Certificate& certificate, const config::Tls& ours,
                   const std::string& host = name) {
    ScriptedOrigin origin(options(certificate), [](OriginConnection&) {});
    const auto transport = dial(origin, ours, host);
    if (shake(*transport) == Handshake::done) return "";
    EXPECT_EQ(to_string(transport->handshake_error().type), "tls_certificate_error");
    return transport->handshake_error().detail;
  }
  std::string said(const Certificate& certificate, const std::string& host = name) {
    return said(certificate, settings(), host);
  }
  config::Tls trusting(const std::string& ca_file) {
    auto ours = settings();
    ours.ca_file = ca_file;
    return ours;
  }
};

TEST_F(CertificateFaultTest, a_wrong_name_is_told_with_both_names) {
  EXPECT_EQ(said(pki_.server({"other.example"})),
            "the certificate is for other.example, not api.example.test "
            "(OpenSSL: hostname mismatch)");
  EXPECT_THAT(said(pki_.server({"a.test", "*.b.test"})),
              StartsWith("the certificate is for a.test, *.b.test, not api.example.test"));
  EXPECT_THAT(said(pki_.common_name_only("cn.test")),
              StartsWith("the certificate is for cn.test, not api.example.test"));
  EXPECT_THAT(said(pki_.server({"a.test"}), "127.0.0.1"),
              StartsWith("the certificate is for a.test, not 127.0.0.1"));
  EXPECT_THAT(said(pki_.server({"192.0.2.7", "2001:db8::1"}), "2001:db8::2"),
              HasSubstr("is for 192.0.2.7, 2001:db8::1, not 2001:db8::2 "));
}

TEST_F(CertificateFaultTest, a_name_from_the_configuration_is_told_with_its_key) {
  auto ours = settings();
  ours.server_name = "inner.test";
  EXPECT_THAT(said(pki_.server({name}), ours),
              HasSubstr("is for api.example.test, not inner.test (tls.server_name)"));
}

TEST_F(CertificateFaultTest, many_names_and_controls_in_them_are_bounded) {
  fakes::TestPki::Names names;
  for (int i = 0; i < 1000; ++i) names.push_back("n" + std::to_string(i) + ".test");
  EXPECT_THAT(said(pki_.server(names)), HasSubstr("n4.test and 995 more names, not api.example"));
  auto text = said(pki_.server({"a\x1b[2J\nb.test"}));
  EXPECT_THAT(text, HasSubstr("for a?[2J?b.test, not"));
  text = said(pki_.server({"x.test", std::string(5000, 'x')}));
  EXPECT_THAT(text, HasSubstr("xxx..., not api.example.test"));
  EXPECT_LT(text.size(), 400u);
}

TEST_F(CertificateFaultTest, dates_are_told) {
  EXPECT_THAT(said(pki_.expired({name})),
              ContainsRegex("^the certificate expired 20[0-9][0-9]-[0-9-]*T[0-9:]*Z "));
  EXPECT_THAT(
      said(pki_.not_yet_valid({name})),
      ContainsRegex("^the certificate is valid from 20[0-9-]*T[0-9:]*Z only; this machine's "
                    "clock says 20"));
  EXPECT_THAT(said(pki_.chain({name}, true).server),
              ContainsRegex("the issuer CN=ccnproxy test intermediate expired 20"));
}

TEST_F(CertificateFaultTest, an_issuer_that_is_not_trusted_is_told_with_the_file) {
  EXPECT_THAT(said(pki_.self_signed({name})),
              AllOf(HasSubstr("is self-signed (CN=api.example.test)"),
                    HasSubstr("not in " + pki_.ca_file() + " (tls.ca_file)")));
  EXPECT_THAT(said(pki_.missing_intermediate({name})),
              HasSubstr("is issued by CN=ccnproxy test intermediate, which is not in " +
                        pki_.ca_file() + " (tls.ca_file), nor did the origin send it"));
  EXPECT_THAT(said(pki_.from_unknown_ca({name})), HasSubstr("CN=ccnproxy test root"));
  EXPECT_THAT(said(pki_.server({name}), trusting("system")),
              HasSubstr("not in the system's CA store (tls.ca_file)"));
}

TEST_F(CertificateFaultTest, F139_a_ca_file_may_hold_any_part_of_the_chain) {
  const auto chain = pki_.chain({name});
  EXPECT_EQ(said(chain.server, trusting(pki_.ca_file())), "") << "the root";
  for (const auto& shown : {chain.server, chain.without_the_chain}) {
    EXPECT_EQ(said(shown, trusting(chain.intermediate_file)), "") << "the intermediate";
    EXPECT_EQ(said(shown, trusting(chain.without_the_chain.chain_file)), "") << "the leaf";
    EXPECT_EQ(said(shown, trusting(chain.server.chain_file)), "") << "leaf and intermediate";
  }
  const auto self_signed = pki_.self_signed({name});
  EXPECT_EQ(said(self_signed, trusting(self_signed.chain_file)), "");
}

TEST_F(CertificateFaultTest, F139_what_it_holds_is_checked_all_the_same) {
  const auto chain = pki_.chain({name});
  const auto other = pki_.chain({name});
  EXPECT_NE(said(other.server, trusting(chain.intermediate_file)), "") << "another's key";
  EXPECT_NE(said(other.server, trusting(chain.without_the_chain.chain_file)), "");
  EXPECT_NE(said(pki_.server({name}), trusting(chain.intermediate_file)), "")
      << "of the root's own";
  const auto stale = pki_.chain({name}, true);
  EXPECT_THAT(said(stale.server, trusting(stale.intermediate_file)), HasSubstr("expired 20"));
  EXPECT_THAT(said(stale.server, trusting(pki_.ca_file())), HasSubstr("expired 20"));
  const auto expired = pki_.expired({name});
  EXPECT_THAT(said(expired, trusting(expired.chain_file)), HasSubstr("expired 20"));
  EXPECT_THAT(said(chain.server, trusting(chain.intermediate_file), "other.test"),
              HasSubstr("not other.test"));
}

TEST_F(CertificateFaultTest, F139_a_folder_is_no_file) {
  try {
    const TlsContext context(trusting("/tmp"));
    FAIL() << "it was taken";
  } catch (const std::runtime_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("tls.ca_file /tmp: names a folder"));
  }
}

TEST_F(CertificateFaultTest, F126_names_with_an_underscore) {
  EXPECT_EQ(said(pki_.server({"*.example.test"}), "a_b.example.test"), "");
  EXPECT_EQ(said(pki_.server({"a_b.example.test"}), "a_b.example.test"), "");
  EXPECT_EQ(said(pki_.server({"*.my_shop.test"}), "a.my_shop.test"), "");
  EXPECT_THAT(said(pki_.server({"*.test"}), "a_b.test"), HasSubstr("for *.test, not a_b.test"));
  EXPECT_THAT(said(pki_.server({"*.example.test"}), "x.a_b.example.test"), HasSubstr("not x.a_b"));
  EXPECT_THAT(said(pki_.expired({"*.example.test"}), "a_b.example.test"), HasSubstr("expired"));
  EXPECT_NE(said(pki_.from_unknown_ca({"*.example.test"}), "a_b.example.test"), "");
}

TEST(AlertText, an_alert_is_named_with_the_key_that_may_be_its_cause) {
  const struct {
    int alert;
    AlertContext context;
    const char* text;
  } rows[] = {
      {SSL_AD_UNKNOWN_CA,
       {true, true},
       "alert unknown_ca: it does not take our client certificate (tls.certificate)"},
      {SSL_AD_UNKNOWN_CA,
       {false, true},
       "alert unknown_ca: it wants a client certificate (tls.certificate)"},
      {SSL_AD_UNKNOWN_CA, {}, "alert unknown_ca"},
      {SSL_AD_CERTIFICATE_REQUIRED,
       {},
       "alert certificate_required: it wants a client certificate (tls.certificate)"},
      {SSL_AD_CERTIFICATE_REQUIRED, {true, true}, "our client certificate (tls.certificate)"},
      {SSL_AD_HANDSHAKE_FAILURE,
       {false, true},
       "alert handshake_failure: it wants a client certificate"},
      {SSL_AD_HANDSHAKE_FAILURE, {}, "alert handshake_failure: no version, cipher"},
      {SSL_AD_UNRECOGNIZED_NAME,
       {},
       "alert unrecognized_name: it does not know the name that it was sent (tls.server_name)"},
      {SSL_AD_PROTOCOL_VERSION, {}, "(tls.min_version)"},
      {SSL_AD_NO_APPLICATION_PROTOCOL, {}, "(tls.alpn)"},
      {SSL_AD_INTERNAL_ERROR, {}, "the origin sent the TLS alert internal_error"},
      {233, {}, "the origin sent the TLS alert 233"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(alert_text(row.alert, row.context), HasSubstr(row.text));
  }
}

TEST(AlertText, an_error_of_our_own_side_is_told_in_openssls_words) {
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr);  // a context does it elsewhere
  EXPECT_EQ(tls_error_text(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_WRONG_VERSION_NUMBER)),
            "TLS: wrong version number: what came is no TLS: is this an http:// origin?");
  EXPECT_THAT(tls_error_text(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_UNSUPPORTED_PROTOCOL)),
              HasSubstr("(tls.min_version)"));
  EXPECT_EQ(tls_error_text(0), "unknown TLS error");
}

}  // namespace
}  // namespace ccnproxy::tls
