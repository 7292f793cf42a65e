// How often an origin is dialled for upgrades and logins, as it counts it: each needs a connection
// of its own.
#include <chrono>
#include <deque>

#include "login_fixture.h"
#include "tunnel_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

struct AskCase {
  const char* name;
  std::string fields;
};

void PrintTo(const AskCase& c, std::ostream* out) { *out << c.name; }

class RefusedDials : public ::testing::TestWithParam<AskCase> {};

/// A request may find ten dials at once and two a second, however many clients ask. More time only
/// allows more: this machine's speed does not matter.
TEST_P(RefusedDials, F147_a_flood_of_clients_shares_few) {
  OriginOptions options;
  options.tls = false;  // each handshake fails
  ScriptedOrigin origin(options, [](OriginConnection& c) { c.close(); });
  const auto began = std::chrono::steady_clock::now();
  Proxy proxy(one_worker()
                  .set("tunnel_upgrades", "true")
                  .origin("api.test", origin.endpoint(), pki().ca_file()));
  for (int round = 0; round < 5; ++round) {
    std::deque<RawClient> clients;
    for (int i = 0; i < 40; ++i)
      clients.emplace_back(proxy.daemon.address()).send(get_request("/", GetParam().fields));
    for (auto& client : clients) {
      const auto refused = client.read_response();
      EXPECT_THAT(refused.status, AnyOf(502, 503));
      EXPECT_THAT(refused.body, HasSubstr("api.test"));
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_LE(origin.accepts(), 1 + 10 + static_cast<std::size_t>(2 * took.count()) + 1);
  EXPECT_GE(origin.accepts(), 5U) << "those that come later get a dial of their own";
}

INSTANTIATE_TEST_SUITE_P(Asking, RefusedDials,
                         ::testing::Values(AskCase{"upgrades", ask_fields},
                                           AskCase{"logins", "Authorization: NTLM 1\r\n"}),
                         [](const auto& tested) { return std::string(tested.param.name); });

/// Each handshake that offers HTTP/1.1 alone ends with an alert there. The first 40 s have room for
/// twelve that are 50 ms apart, doubling.
TEST(Http2Alone, F147_is_asked_for_upgrades_rarely_and_its_requests_go_on) {
  OneOrigin proxy("h2", Service(standard_answers), tunnels);
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
  const auto before = proxy.origin.accepts();
  for (int i = 0; i < 60; ++i) {
    const auto refused =
        proxy.connect().roundtrip(head("GET /chat HTTP/1.1", proxy.label_host, ask_fields));
    EXPECT_EQ(refused.status, 502);
    EXPECT_THAT(refused.body, HasSubstr("HTTP/1.1"));
  }
  EXPECT_LE(proxy.origin.accepts(), before + 12);
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
