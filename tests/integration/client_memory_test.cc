// What is held for those who are slow, all of it together (limits.memory).
#include <algorithm>
#include <optional>

#include "access_line.h"
#include "client_fixture.h"
#include "fakes/prometheus_text.h"

namespace ccnproxy::integration {
namespace {

constexpr std::size_t limit = 8 * 1024 * 1024;
/// One read of an origin, the heads around it, and what is read of each client before it is seen
/// that memory is under pressure.
constexpr std::size_t overshoot = 1024 * 1024;
constexpr std::size_t slow = 60;

std::size_t held_by(const OneOrigin& proxy) {
  const auto page = RawClient(proxy.daemon->admin_address()).get("admin", "/metrics").body;
  return static_cast<std::size_t>(PrometheusText(page).value("ccnproxy_held_bytes{worker=\"0\"}"));
}

void wait_until_nothing_is_held(const OneOrigin& proxy) {
  for (const Deadline deadline(Patience(20'000)); held_by(proxy) > 0;)
    if (deadline.passed()) throw Failure("held for nobody: " + std::to_string(held_by(proxy)));
}

void limit_memory(DaemonConfig& config) { config.with_admin().set("limits.memory", "8MiB"); }

using Crowd = std::vector<std::unique_ptr<RawClient>>;

class ClientMemory : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Protocols, ClientMemory, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(ClientMemory, F062_slow_readers_of_large_responses_stay_within_the_limit) {
  OneOrigin proxy(GetParam(), Service(standard_answers), limit_memory);
  Crowd crowd;
  for (std::size_t i = 0; i < slow; ++i) {
    crowd.push_back(std::make_unique<RawClient>(proxy.daemon->address(),
                                                RawClientOptions{.receive_buffer = 4096}));
    crowd.back()->send(head("GET /bytes/50000000 HTTP/1.1", proxy.label_host));
  }
  std::size_t most = 0;
  std::size_t served = 0;
  // Some are cut, or refused, as there are more of them than there is memory for; others get
  // through all the while.
  for (const Deadline deadline(Patience(30'000)); served < 20 || most < limit / 2;) {
    most = std::max(most, held_by(proxy));
    ASSERT_LE(most, limit + overshoot);
    const auto response = proxy.connect().get(proxy.label_host, "/bytes/100000");
    if (response.status == 200) {
      ++served;
      EXPECT_EQ(response.body.size(), 100'000U);
    } else {
      EXPECT_EQ(proxy_error(response), "connection_limit_reached");
    }
    ASSERT_FALSE(deadline.passed()) << served << " served, " << most << " bytes held at most";
  }
  for (const auto& client : crowd) client->reset();
  wait_until_nothing_is_held(proxy);
}

TEST_P(ClientMemory, F062_uploads_that_no_origin_takes_stay_within_the_limit) {
  const auto never = std::make_shared<Latch>();
  OneOrigin proxy(
      GetParam(),
      [&](OriginConnection&) { never->wait("the end of the test", Deadline(Patience(60'000))); },
      [](DaemonConfig& config) {
        limit_memory(config);
        config.set("timeouts.tls", "60s");  // an HTTP/2 origin's SETTINGS do not come
      });
  Crowd crowd;
  const std::string upload =
      head("POST /x HTTP/1.1", proxy.label_host, "Content-Length: 50000000\r\n");
  for (std::size_t i = 0; i < slow; ++i) {
    crowd.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    crowd.back()->send(upload);
    crowd.back()->send_until_blocked(Patience(20), 2'000'000);
  }
  EXPECT_LE(held_by(proxy), limit + overshoot);
  EXPECT_GT(held_by(proxy), limit / 64) << "what is sent is counted";
  for (const auto& client : crowd) client->reset();
  never->open();
  wait_until_nothing_is_held(proxy);
}

constexpr std::size_t one_answer = 200'000;  ///< the kernel takes it as a whole

std::unique_ptr<RawClient> ask_and_do_not_read(const OneOrigin& proxy) {
  auto client = std::make_unique<RawClient>(proxy.daemon->address(),
                                            RawClientOptions{.receive_buffer = 4096});
  client->send(head("GET /bytes/" + std::to_string(one_answer) + " HTTP/1.1", proxy.label_host));
  return client;
}

TEST(ClientMemoryInKernel, F062_what_the_kernel_has_for_a_client_counts_until_it_has_gone) {
  OneOrigin proxy("plain", Service(standard_answers),
                  [](DaemonConfig& config) { config.with_admin(); });
  const auto client = ask_and_do_not_read(proxy);
  for (const Deadline deadline(Patience(20'000)); held_by(proxy) < one_answer / 2;)
    ASSERT_FALSE(deadline.passed()) << held_by(proxy) << " held";
  EXPECT_LE(held_by(proxy), one_answer + 1000);
  EXPECT_EQ(client->read_response().body.size(), one_answer);
  wait_until_nothing_is_held(proxy);
  EXPECT_EQ(client->get(proxy.label_host, "/bytes/10").status, 200) << "it was only looked at";
}

TEST(ClientMemoryInKernel,
     F062_clients_that_read_nothing_are_cut_for_what_the_kernel_has_for_them) {
  OneOrigin proxy("plain", Service(standard_answers), [](DaemonConfig& config) {
    config.with_admin().set("limits.memory", "1MiB").set("timeouts.client_idle", "60s");
  });
  Crowd crowd;
  for (std::size_t i = 0; i < 40; ++i) {
    crowd.push_back(ask_and_do_not_read(proxy));
    EXPECT_LE(held_by(proxy), 1024 * 1024 + overshoot);
  }
  for (const Deadline deadline(Patience(20'000));;) {
    if (proxy.connect().get(proxy.label_host, "/bytes/1000").status == 200) break;
    ASSERT_FALSE(deadline.passed()) << "refused for ever";
  }
  std::size_t served = 0;
  for (const auto& client : crowd) {
    try {
      served += client->read_response().body.size() == one_answer ? 1U : 0U;
    } catch (const std::exception&) {
      continue;  // cut
    }
  }
  EXPECT_LT(served, crowd.size()) << "all of it would be four times what may be held, and more";
  wait_until_nothing_is_held(proxy);
}

TEST(ClientMemoryHeads, F094_heads_that_do_not_end_make_room_and_are_told_why) {
  OneOrigin proxy("plain", Service(standard_answers), [](DaemonConfig& config) {
    config.with_admin().set("limits.memory", "1MiB").set("timeouts.client_head", "60s");
  });
  Crowd crowd;
  const std::string part = "GET / HTTP/1.1\r\nX: " + std::string(60'000, 'x');
  for (std::size_t i = 0; i < 40; ++i) {
    crowd.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    crowd.back()->send(part);
  }
  const std::size_t too_many = 40 - 1024 * 1024 / part.size();
  for (const auto& line : proxy.daemon->wait_for_access_records(too_many)) {
    EXPECT_EQ(AccessLine(line).get("status"), "503") << line;
    EXPECT_EQ(AccessLine(line).get("error.type"), "connection_limit_reached") << line;
  }
  for (const Deadline deadline(Patience(20'000));;) {
    if (proxy.connect().get(proxy.label_host, "/bytes/1000").status == 200) break;
    ASSERT_FALSE(deadline.passed()) << "refused for ever";
  }
  for (const auto& client : crowd) client->reset();
  wait_until_nothing_is_held(proxy);
}

}  // namespace
}  // namespace ccnproxy::integration
