// chocon's statistics, at the admin endpoint and beside the traffic.
#include <yaml-cpp/yaml.h>

#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::StartsWith;

const std::string path = "/.api/http-stats";

class HttpStats : public ::testing::Test {
 protected:
  HttpStats()
      : proxy("h2", Service(standard_answers),
              [](DaemonConfig& config) { config.with_admin().set("workers", "2"); }) {}
  /// Looks until so many requests are counted: they are when their last byte has left.
  YAML::Node when_counted(const std::string& address, int count) const {
    for (const Deadline deadline;;) {
      auto stats = YAML::Load(RawClient(address).get("localhost", path).body);
      if (stats["request"]["count"].as<int>() >= count) return stats;
      if (deadline.passed()) throw Failure("never so many requests");
    }
  }

  OneOrigin proxy;
};

TEST_F(HttpStats, the_admin_endpoint_tells_what_happened) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
  EXPECT_EQ(proxy.connect().get(proxy.label_host, "/status/404").status, 404);
  const auto stats = when_counted(proxy.daemon->admin_address(), 4);
  EXPECT_EQ(stats["request"]["status_count"]["200"].as<int>(), 3);
  EXPECT_EQ(stats["request"]["status_count"]["404"].as<int>(), 1);
  const auto times = stats["response"];
  EXPECT_GT(times["min_time"].as<double>(), 0);
  EXPECT_LE(times["min_time"].as<double>(), times["percentiled_time"]["90"].as<double>());
  EXPECT_LE(times["percentiled_time"]["99"].as<double>(), times["max_time"].as<double>());
}

TEST_F(HttpStats, the_traffic_listener_tells_it_without_a_label_and_shadows_nothing) {
  const auto own = proxy.connect().get("localhost", path);
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.fields.get("content-type"), "application/json");
  EXPECT_THAT(own.body, StartsWith("{\"request\":{\"count\":"));
  EXPECT_EQ(proxy.connect().get(proxy.label_host, path).body, "ok") << "the origin's own path";
  const auto stats = when_counted(proxy.daemon->address(), 2)["request"];
  EXPECT_EQ(stats["status_count"]["200"].as<int>(), stats["count"].as<int>());
}

TEST_F(HttpStats, head_has_no_body_and_other_requests_are_not_ours) {
  RawClient client = proxy.connect();
  const auto response = client.roundtrip(head("HEAD " + path + " HTTP/1.1", "localhost"), "HEAD");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(client.roundtrip(head("POST " + path + " HTTP/1.1", "localhost")).status, 400);
  EXPECT_EQ(client.get("localhost", path + "x").status, 400);
  EXPECT_EQ(client.get("localhost", "/.api/stats").status, 400);
}

TEST_F(HttpStats, F097_a_client_that_leaves_while_it_waits_harms_nobody) {
  for (int i = 0; i < 20; ++i) {
    RawClient client = proxy.connect();
    client.send(head("GET " + path + " HTTP/1.1", "localhost"));
  }
  EXPECT_EQ(proxy.connect().get("localhost", path).status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
