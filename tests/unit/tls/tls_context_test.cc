// Whom we believe, and what we say of ourselves, in a TLS handshake.

#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

using Handshake = TlsTransport::Handshake;
using fakes::Certificate;
using fakes::OriginConnection;
using fakes::ScriptedOrigin;
using testing::ElementsAre;
using testing::HasSubstr;

class TlsContextTest : public TlsFixture {
 protected:
  /// The error of a handshake with an origin that shows this certificate; none if it is believed.
  std::optional<Error> meet(const Certificate& certificate, const std::string& host = name) {
    ScriptedOrigin origin(options(certificate), [](OriginConnection&) {});
    const auto transport = dial(origin, settings(), host);
    if (shake(*transport) == Handshake::done) return std::nullopt;
    return transport->handshake_error();
  }
  void expect_refused(const Certificate& certificate, const std::string& words,
                      const std::string& host = name) {
    const auto error = meet(certificate, host);
    ASSERT_TRUE(error) << "believed";
    EXPECT_EQ(to_string(error->type), "tls_certificate_error");
    EXPECT_EQ(error->side, Side::origin);
    EXPECT_EQ(error->phase, Phase::tls);
    EXPECT_EQ(error->proof, Proof::not_sent);
    EXPECT_THAT(error->detail, HasSubstr(words));
  }
  /// What the origin saw of us.
  fakes::TlsFacts facts(const fakes::OriginOptions& origin_options, const config::Tls& ours,
                        const std::string& host = name) {
    ScriptedOrigin origin(origin_options);
    const auto transport = dial(origin, ours, host);
    EXPECT_EQ(shake(*transport), Handshake::done) << transport->handshake_error().detail;
    return origin.accept()->tls();
  }
};

TEST_F(TlsContextTest, F040_believes_a_certificate_of_a_trusted_root_for_the_right_name) {
  EXPECT_FALSE(meet(pki_.server({name})));
  EXPECT_FALSE(meet(pki_.server({"other.test", name})));
  EXPECT_FALSE(meet(pki_.server({"*.example.test"})));
  EXPECT_FALSE(meet(pki_.through_intermediate({name})));
}

TEST_F(TlsContextTest, F040_refuses_another_name) {
  expect_refused(pki_.server({"other.example.test"}), "ostname mismatch");
  expect_refused(pki_.server({"example.test"}), "ostname mismatch");
  expect_refused(pki_.server({"*.test"}), "ostname mismatch");
}

TEST_F(TlsContextTest, F040_a_wildcard_stands_for_a_whole_label) {
  expect_refused(pki_.server({"a*.example.test"}), "ostname mismatch");
}

TEST_F(TlsContextTest, F040_refuses_what_has_expired_or_not_begun) {
  expect_refused(pki_.expired({name}), "expired");
  expect_refused(pki_.not_yet_valid({name}), "not yet valid");
}

TEST_F(TlsContextTest, F040_refuses_what_nobody_we_trust_has_signed) {
  expect_refused(pki_.self_signed({name}), "self");
  EXPECT_EQ(to_string(meet(pki_.from_unknown_ca({name})).value().type), "tls_certificate_error");
  EXPECT_EQ(to_string(meet(pki_.missing_intermediate({name})).value().type),
            "tls_certificate_error");
}

TEST_F(TlsContextTest, F040_an_address_is_believed_only_as_an_address) {
  EXPECT_FALSE(meet(pki_.server({"127.0.0.1"}), "127.0.0.1"));
  EXPECT_FALSE(meet(pki_.server({"2001:db8::1"}), "2001:db8::1"));
  expect_refused(pki_.server({name}), "IP address mismatch", "127.0.0.1");
  expect_refused(pki_.server({"127.0.0.2"}), "IP address mismatch", "127.0.0.1");
}

TEST_F(TlsContextTest, F040_a_bad_certificate_is_not_held_against_a_later_good_one) {
  ScriptedOrigin origin(options(pki_.expired({name})), [](OriginConnection&) {});
  const TlsContext context(settings());
  for (const bool good : {false, true, false, true}) {
    origin.reconfigure(
        [&](auto& o) { o.certificate = good ? pki_.server({name}) : pki_.expired({name}); });
    const auto transport = dial(origin, context);
    EXPECT_EQ(shake(*transport), good ? Handshake::done : Handshake::failed);
  }
}

TEST_F(TlsContextTest, F040_verify_false_believes_all_and_is_off_unless_it_is_said) {
  EXPECT_TRUE(config::Tls().verify);
  auto ours = settings();
  ours.verify = false;
  for (const auto& certificate : {pki_.self_signed({"x.test"}), pki_.expired({name})}) {
    ScriptedOrigin origin(options(certificate), [](OriginConnection&) {});
    const auto transport = dial(origin, ours);
    EXPECT_EQ(shake(*transport), Handshake::done);
  }
}

TEST_F(TlsContextTest, F107_without_verification_a_failure_is_not_the_certificates) {
  auto theirs = options(pki_.self_signed({name}));
  theirs.max_version = TLS1_2_VERSION;
  theirs.client_ca_file = pki_.ca_file();
  ScriptedOrigin origin(theirs, [](OriginConnection&) {});
  auto ours = settings();
  ours.verify = false;
  const auto transport = dial(origin, ours);
  ASSERT_EQ(shake(*transport), Handshake::failed);
  EXPECT_EQ(to_string(transport->handshake_error().type), "tls_alert_received");
}

TEST_F(TlsContextTest, F039_sends_the_name_as_sni) {
  const auto seen = facts(options(), settings());
  EXPECT_TRUE(seen.sent_sni);
  EXPECT_EQ(seen.sni, name);
}

TEST_F(TlsContextTest, F039_sends_no_sni_for_an_address) {
  for (const std::string host : {"127.0.0.1", "::1"}) {
    EXPECT_FALSE(facts(options(pki_.server({host})), settings(), host).sent_sni) << host;
  }
}

TEST_F(TlsContextTest, F039_server_name_stands_for_the_origins_own_in_sni_and_verification) {
  auto ours = settings();
  ours.server_name = "inner.example.test";
  const auto seen = facts(options(pki_.server({"inner.example.test"})), ours, "10.0.0.1");
  EXPECT_EQ(seen.sni, "inner.example.test");
  ScriptedOrigin origin(options(pki_.server({name})), [](OriginConnection&) {});
  EXPECT_EQ(shake(*dial(origin, ours, name)), Handshake::failed);
}

TEST_F(TlsContextTest, F031_offers_its_protocols_in_order_and_tells_which_was_chosen) {
  auto ours = settings();
  EXPECT_THAT(facts(options(), ours).offered_alpn, ElementsAre("h2", "http/1.1"));
  ours.alpn = {"http/1.1"};
  EXPECT_THAT(facts(options(), ours).offered_alpn, ElementsAre("http/1.1"));
  ours.alpn = {};
  EXPECT_THAT(facts(options(), ours).offered_alpn, ElementsAre());

  for (const std::string protocol : {"h2", "http/1.1"}) {
    auto theirs = options();
    theirs.alpn = {protocol};
    ScriptedOrigin origin(theirs, [](OriginConnection&) {});
    EXPECT_EQ(establish(origin)->alpn(), protocol);
  }
}

TEST_F(TlsContextTest, F031_an_origin_without_alpn_has_chosen_nothing) {
  auto theirs = options();
  theirs.alpn = {};
  ScriptedOrigin origin(theirs, [](OriginConnection&) {});
  EXPECT_EQ(establish(origin)->alpn(), "");
}

TEST_F(TlsContextTest, F107_an_alert_is_told_as_such) {
  auto theirs = options();
  theirs.alpn = {"spdy/3"};
  ScriptedOrigin origin(theirs, [](OriginConnection&) {});
  const auto transport = dial(origin, settings());
  ASSERT_EQ(shake(*transport), Handshake::failed);
  EXPECT_EQ(to_string(transport->handshake_error().type), "tls_alert_received");
  EXPECT_THAT(transport->handshake_error().detail, HasSubstr("no_application_protocol"));
}

TEST_F(TlsContextTest, a_version_older_than_allowed_is_refused) {
  auto theirs = options();
  theirs.max_version = TLS1_2_VERSION;
  auto ours = settings();
  EXPECT_EQ(facts(theirs, ours).version, "TLSv1.2");
  ours.min_version = config::TlsVersion::tls13;
  ScriptedOrigin origin(theirs, [](OriginConnection&) {});
  const auto transport = dial(origin, ours);
  ASSERT_EQ(shake(*transport), Handshake::failed);
  EXPECT_NE(to_string(transport->handshake_error().type), "tls_certificate_error");
}

TEST_F(TlsContextTest, F044_sends_no_early_data) {
  EXPECT_FALSE(facts(options(), settings()).offered_early_data);
}

TEST_F(TlsContextTest, shows_a_client_certificate_where_one_is_configured) {
  auto theirs = options();
  theirs.client_ca_file = pki_.ca_file();
  auto ours = settings();
  const auto certificate = pki_.client("ccnproxy client");
  ours.certificate = certificate.chain_file;
  ours.key = certificate.key_file;
  EXPECT_EQ(facts(theirs, ours).client_subject, "ccnproxy client");
}

TEST_F(TlsContextTest, a_witness_is_told_what_a_handshake_agreed_on) {
  std::vector<HandshakeFacts> seen;
  const TlsContext context(settings(), [&](const HandshakeFacts& f) { seen.push_back(f); });
  ScriptedOrigin origin(options());
  for (const bool resumed : {false, true}) {
    const auto ours = dial(origin, context);
    ASSERT_EQ(shake(*ours), Handshake::done);
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().version, "TLSv1.3");
    EXPECT_THAT(seen.back().cipher, HasSubstr("TLS_AES"));
    EXPECT_EQ(seen.back().resumed, resumed);
    EXPECT_EQ(seen.back().certificate.has_value(), !resumed) << "a resumed handshake shows none";
    if (!resumed) {
      EXPECT_THAT(seen.back().certificate->subject, HasSubstr("CN="));
      EXPECT_THAT(seen.back().certificate->issuer, HasSubstr("CN="));
      EXPECT_GT(seen.back().certificate->ends, std::time(nullptr));
    }
    origin.accept()->write("x");
    auto last = IoStatus::ok;
    read(*ours, 1, last);
  }
}

TEST_F(TlsContextTest, of_the_ciphers_the_origin_leaves_to_us_the_cheapest_is_agreed_on) {
  std::vector<HandshakeFacts> seen;
  const TlsContext context(settings(), [&](const HandshakeFacts& f) { seen.push_back(f); });
  ScriptedOrigin origin(options(), [](OriginConnection&) {});
  const auto transport = dial(origin, context);
  ASSERT_EQ(shake(*transport), Handshake::done);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen.front().cipher, "TLS_AES_128_GCM_SHA256");
}

TEST_F(TlsContextTest, a_witness_is_told_of_a_certificate_that_is_refused) {
  std::vector<HandshakeFacts> told;
  const TlsContext context(settings(), [&](const HandshakeFacts& facts) { told.push_back(facts); });
  ScriptedOrigin origin(options(pki_.server({"evil.test"})), [](OriginConnection&) {});
  EXPECT_EQ(shake(*dial(origin, context)), Handshake::failed);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0].certificate.value().names, ElementsAre("evil.test"));
  EXPECT_THAT(told[0].fault, HasSubstr("for evil.test, not api.example.test"));
  EXPECT_EQ(told[0].version, "TLSv1.3");
}

TEST_F(TlsContextTest, a_witness_is_not_told_of_other_handshakes_that_fail) {
  bool told = false;
  const TlsContext context(settings(), [&](const HandshakeFacts&) { told = true; });
  auto theirs = options();
  theirs.alpn = {"no-such-protocol"};
  ScriptedOrigin origin(theirs, [](OriginConnection&) {});
  EXPECT_EQ(shake(*dial(origin, context)), Handshake::failed);
  EXPECT_FALSE(told);
}

TEST_F(TlsContextTest, F102_files_that_can_not_be_used_are_named_while_starting) {
  const auto a = pki_.client("a");
  const auto b = pki_.client("b");
  const auto expect_throw = [&](auto change, const std::string& words) {
    auto ours = settings();
    change(ours);
    try {
      const TlsContext context(ours);
      ADD_FAILURE() << "taken: " << words;
    } catch (const std::runtime_error& e) {
      EXPECT_THAT(e.what(), HasSubstr(words));
    }
  };
  expect_throw([](auto& t) { t.ca_file = "/nonexistent/ca.pem"; }, "/nonexistent/ca.pem");
  expect_throw([&](auto& t) { t.ca_file = a.key_file; }, "tls.ca_file");
  expect_throw([](auto& t) { t.certificate = "/nonexistent/c.pem"; }, "/nonexistent/c.pem");
  expect_throw([&](auto& t) { t.certificate = a.chain_file, t.key = "/nonexistent/k.pem"; },
               "/nonexistent/k.pem");
  expect_throw([&](auto& t) { t.certificate = a.chain_file, t.key = b.key_file; }, "tls.key");
}

}  // namespace
}  // namespace ccnproxy::tls
