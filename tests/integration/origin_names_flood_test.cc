// A client that asks for names without end (limits.origins).
#include <algorithm>

#include "client_fixture.h"
#include "fakes/daemon_under_test.h"
#include "fakes/prometheus_text.h"
#include "fakes/stub_resolver.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t most_origins = 64;

/// One origin, and DNS that knows no other name.
class NamesFlood : public ::testing::Test {
 protected:
  NamesFlood() { EXPECT_EQ(ask_origin().status, 200); }

  ReceivedResponse ask_origin() { return proxy.connect().get(proxy.label_host, "/bytes/100"); }
  static std::string request(const std::string& name) {
    return head("GET / HTTP/1.1", name + ".ccnproxy-https");
  }
  /// Asks for so many names, pipelined over some connections; counts the answers by status.
  std::map<int, std::size_t> flood(std::size_t names) {
    constexpr std::size_t connections = 16;
    constexpr std::size_t at_once = 64;
    std::vector<std::unique_ptr<RawClient>> clients;
    for (std::size_t i = 0; i < connections; ++i)
      clients.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    std::map<int, std::size_t> statuses;
    while (names > 0) {
      const auto each = std::min(at_once, (names + connections - 1) / connections);
      for (const auto& client : clients) {
        std::string requests;
        for (std::size_t i = 0; i < each; ++i)
          requests += request("n" + std::to_string(next_++) + ".flood.example");
        client->send(requests);
      }
      for (const auto& client : clients)
        for (std::size_t i = 0; i < each; ++i) ++statuses[client->read_response().status];
      names -= std::min(names, each * connections);
    }
    return statuses;
  }
  PrometheusText metrics() {
    return PrometheusText(RawClient(proxy.daemon->admin_address()).get("admin", "/metrics").body);
  }

  StubResolver dns;
  OneOrigin proxy{"h2", Service(standard_answers), [this](DaemonConfig& config) {
                    config.with_admin()
                        .set("dns.servers", "[\"" + dns.endpoint() + "\"]")
                        .set("timeouts.dns", "30s")
                        .set("limits.origins", std::to_string(most_origins))
                        .set("log.access", "{to: none}")
                        .leave_out("origins.deny_addresses");
                  }};

 private:
  std::size_t next_ = 0;
};

TEST_F(NamesFlood, F098_tens_of_thousands_of_names_cost_no_memory_and_push_out_no_origin) {
  flood(2'000);  // what is grown once is grown now
  const auto memory = proxy.daemon->process().rss_kib();
  const auto descriptors = proxy.daemon->process().open_descriptors();
  const auto statuses = flood(30'000);
  for (const auto& [status, count] : statuses)
    EXPECT_TRUE(status == 502 || status == 503) << count << " with " << status;
  EXPECT_GT(statuses.at(502), 20'000U) << "looked up, and found not to exist";
  if (fakes::memory_is_honest(fakes::daemons_sanitizer())) {
    EXPECT_LE(proxy.daemon->process().rss_kib(), memory + 24 * 1024);
  }
  for (const Deadline deadline; proxy.daemon->process().open_descriptors() > descriptors + 8;)
    ASSERT_FALSE(deadline.passed()) << "the clients of the flood have left";
  const auto text = metrics();
  EXPECT_LE(text.value("ccnproxy_pools"), most_origins + most_origins / 16);
  EXPECT_LE(text.label_values("origin").size(), 110U);
  EXPECT_EQ(ask_origin().status, 200);
  EXPECT_EQ(proxy.origin.accepts(), 1U) << "its connection stood all the while";
}

TEST_F(NamesFlood, F098_addresses_that_are_denied_leave_nothing_behind) {
  for (int i = 0; i < 1'000; ++i) {
    const auto name = "d" + std::to_string(i) + ".denied.example";
    dns.set(name, {.addresses = {"127.0.0.1"}});
    RawClient client = proxy.connect();
    const auto answer = client.roundtrip(request(name));
    ASSERT_EQ(answer.status, 403) << answer.body;
    ASSERT_EQ(proxy_error(answer), "destination_ip_prohibited");
  }
  EXPECT_LE(metrics().value("ccnproxy_pools"), most_origins + most_origins / 16);
  EXPECT_EQ(ask_origin().status, 200);
  EXPECT_EQ(proxy.origin.accepts(), 1U);
}

TEST_F(NamesFlood, F098_is_refused_in_words_only_while_all_places_are_in_use) {
  std::vector<std::unique_ptr<RawClient>> waiting;
  constexpr std::size_t more_than_enough = 2 * most_origins;
  for (std::size_t i = 0; i < more_than_enough; ++i) {
    const auto name = "s" + std::to_string(i) + ".silent.example";
    dns.set(name, DnsAnswer::no_reply());
    waiting.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    waiting.back()->send(request(name));
  }
  for (const Deadline deadline; metrics().value("ccnproxy_pools") < most_origins;)
    ASSERT_FALSE(deadline.passed());
  dns.set("last.silent.example", DnsAnswer::no_reply());
  const auto refused = proxy.connect().roundtrip(request("last.silent.example"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
  EXPECT_THAT(refused.body, HasSubstr("limits.origins"));
  EXPECT_EQ(ask_origin().status, 200);
  EXPECT_EQ(proxy.origin.accepts(), 1U);
  for (const auto& client : waiting) client->reset();
}

}  // namespace
}  // namespace ccnproxy::integration
