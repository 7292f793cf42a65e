// Via in requests to origins, and how requests that come back are found without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client_fixture.h"
#include "fakes/tcp_gate.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// What the origin saw of these fields, in the answer's.
Response tell_loop_fields(const Request& request) {
  Response response;
  for (const auto& [name, value] : request.fields) {
    if (same_name(name, "via") || same_name(name, "cdn-loop"))
      response.fields.emplace_back("X-Seen", name + ": " + value);
  }
  return response;
}

std::vector<std::string> seen(const ReceivedResponse& response) {
  std::vector<std::string> all;
  for (const auto& [name, value] : response.fields) {
    if (same_name(name, "x-seen")) all.push_back(value);
  }
  return all;
}

class LoopFields : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Origins, LoopFields, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(LoopFields, F138_requests_get_no_via_by_default_and_responses_do) {
  OneOrigin proxy(GetParam(), Service(tell_loop_fields));
  const auto response = proxy.connect().get(proxy.label_host);
  EXPECT_THAT(
      seen(response),
      ::testing::ElementsAre(::testing::MatchesRegex("[Cc][Dd][Nn]-[Ll]oop: ccnproxy-[0-9a-f]+")));
  EXPECT_THAT(response.fields.get("via"), MatchesRegex("1\\.1 ccnproxy-[0-9a-f]+"));
}

TEST_P(LoopFields, F138_what_the_client_sent_of_either_passes) {
  OneOrigin proxy(GetParam(), Service(tell_loop_fields));
  const auto response = proxy.connect().get(proxy.label_host, "/",
                                            {{"via", "1.0 before"}, {"cdn-loop", "other; a=b"}});
  const auto all = seen(response);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0], "via: 1.0 before");
  EXPECT_EQ(all[1], "cdn-loop: other; a=b");
}

TEST_P(LoopFields, F138_with_append_they_get_via_alone) {
  OneOrigin proxy(GetParam(), Service(tell_loop_fields),
                  [](DaemonConfig& config) { config.set("via", "append"); });
  EXPECT_THAT(seen(proxy.connect().get(proxy.label_host)),
              ::testing::ElementsAre(MatchesRegex("[Vv]ia: 1\\.1 ccnproxy-[0-9a-f]+")));
}

/// Daemons of which each leads to the next, the last to the first.
struct Ring {
  Ring(std::size_t size, const std::string& via) {
    for (std::size_t i = 0; i < size; ++i) {
      gates.push_back(std::make_unique<TcpGate>("127.0.0.1:9"));
      auto config = one_worker().set("via", via);
      config.origin("*", gates.back()->endpoint());
      daemons.push_back(start_daemon(config));
      if (i > 0) gates[i - 1]->set_server(daemons[i]->address());
    }
    gates.back()->set_server(daemons.front()->address());
  }
  /// As many labels as there are rounds before the name would have none left.
  ReceivedResponse ask(std::size_t labels) {
    std::string name = "ring.example";
    for (std::size_t i = 0; i < labels; ++i) name += ".ccnproxy";
    return RawClient(daemons.front()->address()).get(name);
  }
  std::vector<std::unique_ptr<TcpGate>> gates;
  std::vector<std::unique_ptr<DaemonProcess>> daemons;
};

class LoopRing : public ::testing::TestWithParam<std::tuple<std::size_t, std::string>> {};
INSTANTIATE_TEST_SUITE_P(All, LoopRing,
                         ::testing::Combine(::testing::Values(1U, 2U, 3U),
                                            ::testing::Values("none", "append")),
                         [](const auto& of) {
                           return std::get<1>(of.param) + std::to_string(std::get<0>(of.param));
                         });

TEST_P(LoopRing, F138_a_ring_of_daemons_ends_when_it_has_come_round_once) {
  const auto& [size, via] = GetParam();
  Ring ring(size, via);
  const auto response = ring.ask(2 * size + 2);
  EXPECT_EQ(response.status, 508);
  EXPECT_THAT(response.fields.get("proxy-status"), HasSubstr("proxy_loop_detected"));
  // The first has two: of the request, and of the same one that came back.
  EXPECT_EQ(ring.daemons.front()->wait_for_access_records(2).size(), 2U);
  for (std::size_t i = 1; i < size; ++i)
    EXPECT_EQ(ring.daemons[i]->wait_for_access_records(1).size(), 1U);
  for (const auto& gate : ring.gates) EXPECT_EQ(gate->connections(), 1U);
}

}  // namespace
}  // namespace ccnproxy::integration
