// What `ccnproxy probe` prints.

#include "cli/probe_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::cli {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;

tls::CertificateFacts certificate() {
  return {"CN=api.test", "CN=root", {"api.test", "*.api.test"}, 3, 1'700'000'000, 1'800'000'000};
}

ProbeResult good(bool resumed = false) {
  ProbeResult result;
  result.connection =
      origin::ConnectionInfo{1,
                             origin::Protocol::http2,
                             "192.0.2.1:443",
                             {microseconds(12'345), microseconds(80'100), microseconds(161'000)},
                             resumed};
  result.tls = tls::HandshakeFacts{
      "TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519", "h2", resumed, certificate(), "", 322};
  result.status = 200;
  result.first_byte = microseconds(82'449);
  return result;
}

ProbeResult bad() {
  ProbeResult result;
  result.error = Error{ErrorType::connection_refused, Side::origin, Phase::tcp, Proof::not_sent,
                       "https://api.test: 192.0.2.1:443: refused"};
  return result;
}

TEST(ProbeText, an_attempt_is_a_line) {
  EXPECT_EQ(text_head("https://api.test/x"),
            "HEAD https://api.test/x\n         DNS       TCP       TLS  FIRST BYTE, in ms\n");
  EXPECT_EQ(text_line("1", good(), true),
            "1         12.3      80.1     161.0      82.4  200  h2 192.0.2.1:443  "
            "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519, full handshake, ClientHello of 322 bytes\n");
  EXPECT_THAT(text_line("2", good(true), true),
              HasSubstr("TLS_AES_128_GCM_SHA256 X25519, resumed, ClientHello of 322 bytes\n"));
  auto retried = good();
  retried.tls->retried = true;
  EXPECT_THAT(text_line("3", retried, true), HasSubstr(" X25519 by a HelloRetryRequest, full"));
  EXPECT_EQ(text_line("warm", good(), false),
            "warm         -         -         -      82.4  200  h2 192.0.2.1:443\n");
}

TEST(ProbeText, a_failure_says_what_and_in_which_phase) {
  EXPECT_EQ(text_line("1", bad(), true),
            "1            -         -         -         -  failed in tcp: connection_refused: "
            "https://api.test: 192.0.2.1:443: refused\n");
}

TEST(ProbeText, colour_is_of_how_it_ended) {
  auto refused = good();
  refused.status = 404;
  EXPECT_THAT(text_line("1", good(), true, true), HasSubstr("  \033[32m200\033[0m  h2 192"));
  EXPECT_THAT(text_line("1", refused, true, true), HasSubstr("  \033[33m404\033[0m  h2 192"));
  EXPECT_THAT(text_line("1", bad(), true, true), HasSubstr("  \033[31mfailed in tcp: "));
}

TEST(ProbeText, F104_a_peers_words_can_not_control_the_terminal) {
  auto result = bad();
  result.error->detail = "a\x1b[2J\nb";
  EXPECT_THAT(text_line("1", result, true), HasSubstr("connection_refused: a?[2J?b\n"));
}

TEST(ProbeText, the_certificate_is_the_last_that_was_met) {
  ProbeReport report{"u", "t", {good(), bad()}, good(), false};
  EXPECT_EQ(text_tail(report),
            "certificate: CN=api.test; for api.test, *.api.test and 3 more names; issued by "
            "CN=root; valid from 2023-11-14T22:13:20Z until 2027-01-15T08:00:00Z\n");
  report.attempts.pop_back();
  report.warm.reset();
  EXPECT_THAT(text_tail(report), HasSubstr("warm: the origin takes one request a connection\n"));
  report.attempts = {bad()};
  EXPECT_EQ(text_tail(report), "");
}

TEST(ProbeText, a_certificate_that_was_refused_is_shown_with_the_reason) {
  ProbeResult refused = bad();
  refused.tls = good().tls;
  refused.tls->fault = "the certificate is for api.test, not other.test";
  refused.tls->alpn.clear();
  EXPECT_THAT(text_line("1", refused, true),
              HasSubstr("refused  TLSv1.3 TLS_AES_128_GCM_SHA256 X25519, no ALPN\n"));
  const ProbeReport report{"u", "t", {refused, refused}, {}, true};
  EXPECT_THAT(text_tail(report),
              testing::StartsWith("stopped: the last two attempts failed alike"));
  EXPECT_THAT(text_tail(report), HasSubstr("certificate: CN=api.test; for api.test"));
  EXPECT_THAT(text_tail(report),
              testing::EndsWith("refused: the certificate is for api.test, not other.test\n"));
  EXPECT_THAT(as_json(report),
              HasSubstr(R"("refused":"the certificate is for api.test, not other.test"})"));
}

TEST(ProbeReport, two_failures_alike_are_of_one_type_and_phase) {
  auto other = bad();
  other.error->phase = Phase::tls;
  const auto alike = [](std::vector<ProbeResult> attempts) {
    return ProbeReport{"", "", std::move(attempts), {}, false}.failed_alike();
  };
  EXPECT_FALSE(alike({}));
  EXPECT_FALSE(alike({bad()}));
  EXPECT_TRUE(alike({bad(), bad()}));
  EXPECT_TRUE(alike({good(), bad(), bad()}));
  EXPECT_FALSE(alike({bad(), good()}));
  EXPECT_FALSE(alike({bad(), other}));
}

TEST(ProbeReport, has_succeeded_only_if_all_has) {
  EXPECT_TRUE((ProbeReport{"", "", {good(), good()}, good(), false}).succeeded());
  EXPECT_TRUE((ProbeReport{"", "", {good()}, {}, false}).succeeded());
  EXPECT_FALSE((ProbeReport{"", "", {good(), bad()}, {}, false}).succeeded());
  EXPECT_FALSE((ProbeReport{"", "", {good()}, bad(), false}).succeeded());
}

TEST(ProbeJson, holds_all_of_it_in_one_line) {
  EXPECT_EQ(
      as_json({"a.ccnproxy-https/\"", "https://a/", {good(true), bad()}, good(), false}),
      R"({"url":"a.ccnproxy-https/\"","to":"https://a/","attempts":[)"
      R"({"dns_ms":12.345,"tcp_ms":80.100,"tls_ms":161.000,"first_byte_ms":82.449,"status":200,)"
      R"("protocol":"h2","address":"192.0.2.1:443",)"
      R"("tls":{"version":"TLSv1.3","cipher":"TLS_AES_128_GCM_SHA256","group":"X25519",)"
      R"("alpn":"h2","resumed":true,"hello_bytes":322,"hello_retried":false},)"
      R"("error":null},)"
      R"({"error":{"type":"connection_refused","side":"origin","phase":"tcp",)"
      R"("detail":"https://api.test: 192.0.2.1:443: refused"}}],)"
      R"("warm":{"first_byte_ms":82.449,"status":200,"protocol":"h2",)"
      R"("address":"192.0.2.1:443","error":null},)"
      R"("certificate":{"subject":"CN=api.test","issuer":"CN=root",)"
      R"("names":["api.test","*.api.test"],"more_names":3,"begins":"2023-11-14T22:13:20Z",)"
      R"("expires":"2027-01-15T08:00:00Z","refused":null}})"
      "\n");
  EXPECT_THAT(as_json({"u", "t", {bad()}, {}, false}),
              HasSubstr(R"("warm":null,"certificate":null})"));
}

}  // namespace
}  // namespace ccnproxy::cli
