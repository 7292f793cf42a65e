#include "ccnproxy/proxy/connection_login.h"

#include <string>

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

struct CredentialsCase {
  std::string_view value;
  bool logs_in;
};

TEST(ConnectionLogin, F123_credentials_log_a_connection_in_by_their_scheme) {
  const CredentialsCase cases[] = {
      {"NTLM TlRMTVNTUAABAAAA", true},
      {"ntlm TlRMTVNTUAABAAAA", true},
      {"nTlM\tTlRMTVNTUAABAAAA", true},
      {"NTLM", true},
      {"  NTLM TlRMTVNTUAABAAAA", true},
      {"NTLM,x", true},
      {"NTLM=x", true},
      {"Negotiate YIIJvQYGKwYBBQUC", true},
      {"NEGOTIATE YIIJvQYGKwYBBQUC", true},
      {"negotiate", true},
      {"Kerberos YIIJvQYGKwYBBQUC", true},
      {"Nego2 YIIJvQYGKwYBBQUC", true},
      {"CredSSP TlRMTVNTUAABAAAA", true},
      {"", false},
      {"   ", false},
      {"Basic TlRMTTpOVExN", false},
      {"Basic NTLM", false},
      {"Bearer NTLM", false},
      {"Bearer NegotiateYIIJvQYG", false},
      {"Bearer ntlm.negotiate.x", false},
      {"NTLMx TlRMTVNTUAABAAAA", false},
      {"NTL M", false},
      {"xNTLM TlRMTVNTUAABAAAA", false},
      {"Negotiate2 YII", false},
      {"NegotiateX", false},
      {"Nego YII", false},
      {R"(Digest username="NTLM, Negotiate x", realm="Negotiate", nonce="n", uri="/")", false},
      {"AWS4-HMAC-SHA256 Credential=NTLM/20261129/us-east-1/s3/aws4_request", false},
  };
  for (const auto& c : cases) EXPECT_EQ(logs_connection_in(c.value), c.logs_in) << c.value;
}

TEST(ConnectionLogin, F123_a_challenge_with_a_token_continues_a_login) {
  const CredentialsCase cases[] = {
      {"NTLM TlRMTVNTUAACAAAA", true},
      {"Negotiate oRQwEqADCgEB", true},
      {"negotiate  oRQwEqADCgEB", true},
      {R"(Basic realm="x", NTLM TlRMTVNTUAACAAAA)", true},
      {"Negotiate, NTLM TlRMTVNTUAACAAAA", true},
      {"NTLM", false},
      {"Negotiate, NTLM, Basic realm=\"x\"", false},
      {R"(Basic realm="x")", false},
      {"Bearer NTLM x", false},
      {"NTLMx TlRMTVNTUAACAAAA", false},
      {"", false},
  };
  for (const auto& c : cases) EXPECT_EQ(continues_login(c.value), c.logs_in) << c.value;
}

TEST(ConnectionLogin, F123_the_connection_that_a_request_is_sent_on) {
  using Choice = ConnectionChoice;
  struct Case {
    bool sends_login;
    bool holds_connection;
    std::size_t held;
    Choice choice;
  };
  constexpr auto most = most_bound_connections;
  const Case cases[] = {
      {false, false, 0, Choice::pooled},
      {false, false, 1, Choice::pooled},     // at another origin
      {false, false, most, Choice::pooled},  // at others
      {false, true, 1, Choice::bound},       // later requests rely on the login without credentials
      {false, true, most, Choice::bound},
      {true, false, 0, Choice::bind},  // without an offer before
      {true, false, 1, Choice::bind},
      {true, false, most - 1, Choice::bind},
      {true, false, most, Choice::refused},
      {true, true, 1, Choice::bound},  // the next step of the handshake
      {true, true, most, Choice::bound},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(choose_connection({c.sends_login, c.holds_connection, c.held}), c.choice)
        << c.sends_login << c.holds_connection << c.held;
  }
}

}  // namespace
}  // namespace ccnproxy::proxy
