#include "ccnproxy/admin/pools_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "reports.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

pool::PoolReport full_pool() {
  auto pool = pool_of("https://api.example.com", 7);
  pool.metrics.requests[502] = 2;
  pool.metrics.waits = {5, 3, 1};
  pool.protocol = "h2";
  pool.kept_warm = true;
  pool.wanted = 2;
  pool.waiting = 1;
  pool.peak = 4;
  pool.last_used = 1500ms;
  pool.next_dial = 250ms;
  pool.last_failure = "connection refused";
  pool.not_kept_ready = "it ends them after 900 ms";
  pool.learned = {60s, {}, 1000, 900ms};
  pool.path = {102ms, 0.0125};
  pool.breaker = {pool::BreakerState::open, pool::BreakerCause::dials, 6, 4s, 1500ms};
  pool.certificate_end = 1'800'000'000;
  pool::ConnectionReport connection;
  connection.serial = 12;
  connection.state = "ready";
  connection.protocol = "h2";
  connection.address = "192.0.2.1:443";
  connection.tls_resumed = true;
  connection.tls_group = "X25519";
  connection.cause = "warm";
  connection.age = 90s;
  connection.idle = 2s;
  connection.rtt = 12'345us;
  connection.path = PathCounters{.sent = 900,
                                 .sent_again = 9,
                                 .received = 1200,
                                 .out_of_order = 4,
                                 .rtt = 104ms,
                                 .rtt_variance = 2500us,
                                 .window = 14480,
                                 .threshold = 10136,
                                 .delivery_rate = 150'000};
  connection.ping_interval = 10s;
  connection.streams = 3;
  connection.capacity = 97;
  connection.requests = 41;
  connection.next_action = "replace";
  connection.reason = "max_age";
  connection.due = 59min;
  pool.connections = {connection, {}};
  pool.decisions = {{3s, "dialed one ahead of need"}};
  return pool;
}

TEST(PoolsJson, says_all_of_a_pool) {
  EXPECT_EQ(
      pools_json(reports_of({worker_with(1, {full_pool()})})),
      R"({"origins":[{"origin":"https://api.example.com","health":"healthy","protocol":"h2","worker":1,)"
      R"("kept_warm":true,"warm_for_ever":false,"wanted":2,"waiting":1,"peak":4,)"
      R"("last_used_s":1.500,"next_dial_s":0.250,"last_failure":"connection refused",)"
      R"("not_kept_ready":"it ends them after 900 ms",)"
      R"("learned":{"idle_s":60.000,"unused_s":0.900,"age_s":null,"requests":1000},)"
      R"("path":{"rtt_ms":102.000,"loss":0.012500},)"
      R"("breaker":{"state":"open","cause":"dials","failures":6,"open_s":4.000,"next_try_s":1.500},)"
      R"("certificate_end":1800000000,"connections":[)"
      R"({"serial":12,"state":"ready","protocol":"h2","address":"192.0.2.1:443",)"
      R"("tls_resumed":true,"tls_group":"X25519","cause":"warm","age_s":90.000,"idle_s":2.000,"rtt_ms":12.345,)"
      R"("path":{"rtt_ms":104.000,"rtt_variance_ms":2.500,"window_bytes":14480,)"
      R"("slow_start_threshold_bytes":10136,"delivery_bytes_per_s":150000,)"
      R"("packets_sent":900,"sent_again":9,"packets_received":1200,"out_of_order":4},"ping_interval_s":10.000,)"
      R"("streams":3,"capacity":97,"requests":41,"next_action":"replace: max_age",)"
      R"("due_s":3540.000},)"
      R"({"serial":0,"state":"","protocol":"","address":"","tls_resumed":false,"tls_group":"","cause":"",)"
      R"("age_s":0.000,"idle_s":0.000,"rtt_ms":0.000,"path":null,"ping_interval_s":null,"streams":0,"capacity":0,"requests":0,)"
      R"("next_action":"","due_s":null}],)"
      R"("decisions":[{"ago_s":3.000,"text":"dialed one ahead of need"}],)"
      R"("waits":{"ready":5,"waited":3,"dialed":1},"requests":9,"recent":{"window_s":300.000,"requests":0,"failed":0,"limited":0}}],"silent_workers":[],"matching":1,"ready":true,)"
      R"("not_ready":"","host":"","verdict":"1 origin, none with a problem.","problems":[]})"
      "\n");
}

TEST(PoolsJson, nothing_is_two_empty_lists) {
  EXPECT_EQ(
      pools_json({}),
      "{\"origins\":[],\"silent_workers\":[],\"matching\":0,\"ready\":true,\"not_ready\":\"\","
      "\"host\":\"\",\"verdict\":\"No origin is in use.\",\"problems\":[]}\n");
}

TEST(PoolsJson, names_the_workers_that_did_not_answer) {
  EXPECT_THAT(pools_json(reports_of({}, {0, 3})), HasSubstr(R"("silent_workers":[0,3])"));
}

TEST(PoolsJson, says_whether_the_daemon_takes_traffic) {
  EXPECT_THAT(pools_json({}, {}, {false, "waiting for \"x\""}),
              HasSubstr(R"("ready":false,"not_ready":"waiting for \"x\"")"));
}

TEST(PoolsJson, origins_are_in_order_whichever_worker_has_them) {
  const auto json = pools_json(reports_of({
      worker_with(0, {pool_of("https://b"), pool_of("https://c")}),
      worker_with(1, {pool_of("https://c"), pool_of("https://a")}),
  }));
  std::string order;
  for (const auto& pool : YAML::Load(json)["origins"])  // JSON is YAML
    order += pool["origin"].as<std::string>() + ' ' + pool["worker"].as<std::string>() + '\n';
  EXPECT_EQ(order, "https://a 1\nhttps://b 0\nhttps://c 0\nhttps://c 1\n");
}

TEST(PoolsJson, F104_what_a_peer_said_stays_inside_its_string) {
  auto pool = pool_of("https://x");
  pool.last_failure = "no\",\"kept_warm\":true,\"\\\n\x1b[2J\xff";
  const auto json = pools_json(reports_of({worker_with(0, {pool})}));
  EXPECT_THAT(json, HasSubstr(R"("last_failure":"no\",\"kept_warm\":true,\"\\\n\u001b[2J\u00ff")"));
  EXPECT_EQ(json.find('\n'), json.size() - 1);
}

TEST(PoolsJson, shows_one_origin_however_it_is_written) {
  const auto reports =
      reports_of({worker_with(0, {pool_of("https://a"), pool_of("https://a:8443"),
                                  pool_of("http://a"), pool_of("https://[2001:db8::443]")})});
  const std::pair<const char*, const char*> questions[] = {
      {"https://a", "https://a"},      {"HTTPS://A/", "https://a"},
      {"https://a:443/", "https://a"}, {"https://a:8443", "https://a:8443"},
      {"http://a:80", "http://a"},     {"https://[2001:DB8::443]", "https://[2001:db8::443]"},
  };
  for (const auto& [asked, wanted] : questions) {
    const auto origins = YAML::Load(pools_json(reports, {.origin = asked}))["origins"];
    ASSERT_EQ(origins.size(), 1U) << asked;
    EXPECT_EQ(origins[0]["origin"].as<std::string>(), wanted);
  }
  EXPECT_EQ(YAML::Load(pools_json(reports, {.origin = "https://b"}))["origins"].size(), 0U);
  EXPECT_EQ(YAML::Load(pools_json(reports, {.origin = "https://a:80"}))["origins"].size(), 0U);
}

}  // namespace
}  // namespace ccnproxy::admin
