// Later handshakes with an origin resume an earlier session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

struct Case {
  std::string alpn;
  int version;
  ScriptedOrigin::Drop how;
};

std::string name_of(const Case& tested) {
  const std::string version = tested.version == TLS1_2_VERSION ? "_tls12_" : "_tls13_";
  switch (tested.how) {
    case ScriptedOrigin::Drop::CloseNotify:
      return protocol_name(tested.alpn) + version + "close_notify";
    case ScriptedOrigin::Drop::Fin:
      return protocol_name(tested.alpn) + version + "fin";
    case ScriptedOrigin::Drop::Reset:
      break;
  }
  return protocol_name(tested.alpn) + version + "reset";
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const std::string alpn : {"h2", "http/1.1"}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      for (const auto how : {ScriptedOrigin::Drop::CloseNotify, ScriptedOrigin::Drop::Fin,
                             ScriptedOrigin::Drop::Reset})
        all.push_back({alpn, version, how});
    }
  }
  return all;
}

class OriginResumption : public ::testing::TestWithParam<Case> {
 protected:
  static OriginOptions options() {
    OriginOptions options = speaking({GetParam().alpn});
    options.max_version = GetParam().version;
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(All, OriginResumption, ::testing::ValuesIn(all_cases()),
                         [](const auto& tested) { return name_of(tested.param); });

TEST_P(OriginResumption, F043_reconnects_resume_however_the_connections_ended) {
  Service service(standard_answers);
  OriginAndProxy both(options(), service);
  for (std::size_t reconnects = 0; reconnects <= 5; ++reconnects) {
    EXPECT_EQ(both.proxy.get().status, 200);
    both.origin.drop_connections(GetParam().how);
  }
  const OriginCounts counts = both.origin.counts();
  EXPECT_GE(counts.handshakes, 6U);
  EXPECT_GE(counts.resumed, 4U);
  EXPECT_EQ(counts.failed_handshakes, 0U);
}

TEST(OriginTickets, F043_a_name_is_never_met_with_anothers_session) {
  Service service(standard_answers);
  ScriptedOrigin origin(speaking({"h2"}), service);
  DaemonConfig config = one_worker();
  config.origin("api.test", origin.endpoint(), pki().ca_file());
  config.origin("other.test", origin.endpoint(), pki().ca_file());
  Proxy proxy(config);
  RawClient client = proxy.client();
  EXPECT_EQ(client.get("api.test.ccnproxy-https").status, 200);
  EXPECT_EQ(client.get("other.test.ccnproxy-https").status, 200);
  EXPECT_EQ(origin.counts().resumed, 0U);
}

TEST(OriginTickets, F044_no_early_data_is_sent_though_the_origin_would_take_it) {
  OriginOptions options = speaking({"h2"});
  options.early_data = 16 * 1024;
  ScriptedOrigin origin(options);
  Proxy proxy(one_worker().origin("api.test", origin.endpoint(), pki().ca_file()));
  for (const bool resumed : {false, true}) {
    RawClient client = proxy.client();
    client.send(get_request());
    OriginSide side(origin);
    EXPECT_EQ(side.connection().resumed(), resumed);
    EXPECT_FALSE(side.connection().tls().offered_early_data);
    side.read_request();
    side.respond(200);
    EXPECT_EQ(client.read_response().status, 200);
    side.connection().close();
  }
}

}  // namespace
}  // namespace ccnproxy::integration
