#include "ccnproxy/daemon/worker_config.h"

#include <regex>

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

using std::chrono::seconds;

origin::Origin named(const std::string& host, std::uint16_t port = 443) {
  return {origin::Scheme::https, host, port};
}

TEST(WorkerConfig, F055_has_a_name_in_via_that_no_other_process_has) {
  const WorkerConfig a{config::Config{}};
  const WorkerConfig b{config::Config{}};
  EXPECT_TRUE(std::regex_match(a.via(), std::regex("1\\.1 ccnproxy-[0-9a-f]{8}"))) << a.via();
  EXPECT_NE(a.via(), b.via());
}

TEST(WorkerConfig, an_origin_gets_the_settings_of_all) {
  config::Config config;
  config.pool.max_connections = 17;
  config.timeouts.connect = seconds(3);
  const WorkerConfig worker_config(config);
  const auto settings = worker_config.settings_for(named("api.example.test"));
  EXPECT_EQ(settings->pool, config.pool);
  EXPECT_EQ(settings->timeouts, config.timeouts);
  EXPECT_TRUE(settings->tls);
  EXPECT_EQ(settings->connect_host, "");
  EXPECT_EQ(settings->connect_port, 0);
}

TEST(WorkerConfig, an_origin_that_an_override_matches_gets_those_instead) {
  config::Config config;
  config::Override entry;
  entry.match = "api.internal.test";
  entry.connect_host = "10.0.0.5";
  entry.connect_port = 8443;
  entry.pool.max_connections = 3;
  entry.timeouts.tls = seconds(1);
  entry.tls.server_name = "x.test";
  config.overrides = {entry};
  const WorkerConfig worker_config(config);
  const auto settings = worker_config.settings_for(named("api.internal.test"));
  EXPECT_EQ(settings->connect_host, "10.0.0.5");
  EXPECT_EQ(settings->connect_port, 8443);
  EXPECT_EQ(settings->pool, entry.pool);
  EXPECT_EQ(settings->timeouts, entry.timeouts);
  EXPECT_NE(settings->tls, worker_config.settings_for(named("other.test"))->tls);
}

TEST(WorkerConfig, origins_of_one_tls_profile_share_one_context) {
  config::Config config;
  config::Override same;
  same.match = "same.test";
  config::Override other;
  other.match = "other.test";
  other.tls.verify = false;
  config.overrides = {same, other};
  const WorkerConfig worker_config(config);
  const auto usual = worker_config.settings_for(named("a.test"))->tls;
  EXPECT_EQ(worker_config.settings_for(named("b.test", 8443))->tls, usual);
  EXPECT_EQ(worker_config.settings_for(named("b.test", 8443)),
            worker_config.settings_for(named("a.test")));
  EXPECT_EQ(worker_config.settings_for(named("same.test"))->tls, usual);
  EXPECT_NE(worker_config.settings_for(named("other.test"))->tls, usual);
}

TEST(WorkerConfig, F102_a_tls_file_that_can_not_be_used_is_an_error_while_starting) {
  config::Config config;
  config.tls.ca_file = "/nonexistent/ca.pem";
  EXPECT_THROW(WorkerConfig{config}, std::runtime_error);

  config::Config in_override;
  config::Override entry;
  entry.match = "x.test";
  entry.tls.ca_file = "/nonexistent/ca.pem";
  in_override.overrides = {entry};
  EXPECT_THROW(WorkerConfig{in_override}, std::runtime_error)
      << "also of an origin that was not asked for yet";
}

}  // namespace
}  // namespace ccnproxy::daemon
