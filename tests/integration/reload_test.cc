// SIGHUP: another configuration while the daemon runs. What it changes, and what lives on.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/reload_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(Reload, F102_says_what_changes_and_puts_it_in_force) {
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 200);
  config.set("pool.max_age", "30m").set("labels", "{shop: https}");
  reload();
  EXPECT_THAT(log(), HasSubstr("SIGHUP: pool.max_age: 1h -> 30m\n"));
  EXPECT_THAT(log(), HasSubstr("SIGHUP: labels.shop: none -> https\n"));
  EXPECT_THAT(log(), HasSubstr("SIGHUP: labels.ccnproxy-https: https -> none\n"));
  EXPECT_EQ(proxy.client().get("api.test.shop").status, 200);
  EXPECT_EQ(proxy.client().get("api.test.ccnproxy-https").status, 400);
  EXPECT_EQ(origin.accepts(), 1U) << "the pool has lived on";
  reload();
  EXPECT_THAT(log(), HasSubstr("SIGHUP: the configuration is the one in force\n"));
}

TEST_F(Reload, F102_a_request_goes_by_one_configuration_from_its_head_to_its_end) {
  const auto latch = std::make_shared<Latch>();
  origin.reconfigure([](OriginOptions& o) { o.alpn = {"http/1.1"}; });
  origin.set_script(Service([latch](const Request& request) {
    if (request.target == "/slow") latch->wait();
    return standard_answers(request);
  }));
  Proxy& proxy = start();
  RawClient slow = proxy.client();
  slow.send(get_request("/slow"));
  origin.wait_for_requests(1);
  RawClient upload = proxy.client();
  upload.send("POST /echo HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 100\r\n\r\n");
  upload.send(std::string(50, 'a'));
  origin.wait_for_requests(2);
  config.set("timeouts.response_head", "50ms").set("limits.body_bytes", "10");
  config.set("request_id_header", "X-Other");
  reload();
  EXPECT_EQ(proxy.get("/slow").status, 504);
  EXPECT_EQ(proxy.post("/echo", std::string(50, 'a')).status, 413);
  upload.send(std::string(50, 'a'));
  const auto stored = upload.read_response();
  EXPECT_EQ(stored.status, 200);
  EXPECT_EQ(stored.body, std::string(100, 'a'));
  latch->open();
  const auto answer = slow.read_response();
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.fields.get("x-chocon-req"), "");
  EXPECT_EQ(answer.fields.get("x-other"), "");
}

TEST_F(Reload, F092_who_may_use_it_holds_for_the_next_request_of_those_who_are_here) {
  Proxy& proxy = start();
  RawClient client = proxy.client();
  EXPECT_EQ(client.roundtrip(get_request()).status, 200);
  config.set("clients.allow", "[192.0.2.0/24]");
  reload();
  EXPECT_EQ(client.roundtrip(get_request()).status, 403);
  EXPECT_EQ(proxy.get().status, 403);
  config.set("clients.allow", "[127.0.0.1]");
  reload();
  EXPECT_EQ(proxy.get().status, 200);
}

TEST_F(Reload, F092_an_origin_that_is_denied_is_refused_although_its_pool_is_there) {
  keep_ready();
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 200);
  config.set("origins.deny", "[api.test]");
  reload();
  const auto refused = proxy.get();
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(proxy_error(refused), "http_request_denied");
  origin.wait_for_open(0);
  config.set("origins.deny", "[]");
  reload();
  EXPECT_EQ(proxy.get().status, 200);
}

TEST_F(Reload, F092_connections_to_an_address_that_is_denied_are_retired) {
  OriginOptions options;
  options.tls = false;
  const auto latch = std::make_shared<Latch>();
  ScriptedOrigin plain(options, Service([latch](const Request& request) {
                         if (request.target == "/slow") latch->wait();
                         return standard_answers(request);
                       }));
  StubResolver dns;
  dns.set("named.example", {.addresses = {"127.0.0.1"}});
  const auto request = [&](const std::string& path) {
    return "GET http://named.example:" + std::to_string(plain.port()) + path +
           " HTTP/1.1\r\nHost: x\r\n\r\n";
  };
  keep_ready();
  config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
  Proxy& proxy = start();
  EXPECT_EQ(proxy.client().roundtrip(request("/")).status, 200);
  RawClient slow = proxy.client();
  slow.send(request("/slow"));
  plain.wait_for_requests(2);
  config.set("origins.deny_addresses", "[127.0.0.0/8]");
  reload();
  const auto accepts = plain.accepts();
  EXPECT_EQ(proxy_error(proxy.client().roundtrip(request("/"))), "destination_ip_prohibited");
  EXPECT_EQ(plain.accepts(), accepts);
  latch->open();
  EXPECT_EQ(slow.read_response().status, 200) << "what was in flight ends as it began";
  plain.wait_for_open(0);
}

TEST_F(Reload, F040_what_is_trusted_now_is_what_new_requests_go_by) {
  TestPki other;
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 200);
  trust(other.ca_file());
  reload();
  const auto refused = proxy.get();
  EXPECT_EQ(refused.status, 502);
  EXPECT_EQ(proxy_error(refused), "tls_certificate_error");
}

TEST_F(Reload, F040_connections_that_were_trusted_before_do_not_outlive_a_trust_that_fails) {
  TestPki other;
  keep_ready();
  config.set("timeouts.dns", "200ms").set("timeouts.connect", "200ms").set("timeouts.tls", "200ms");
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 200);
  trust(other.ca_file());
  reload();
  origin.wait_for_open(0);
  EXPECT_EQ(proxy_error(proxy.get()), "tls_certificate_error");
}

TEST_F(Reload, F040_a_file_with_another_certificate_in_it_is_read_again) {
  TestPki other;
  const TempDir folder;
  const auto file = folder.path() + "/ca.pem";
  std::ofstream(file) << pki().ca_pem();
  trust(file);
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 200);
  origin.reconfigure([&](OriginOptions& o) { o.certificate = other.server({"api.test"}); });
  std::ofstream(file) << other.ca_pem();
  reload();
  EXPECT_THAT(log(), HasSubstr("SIGHUP: " + file + " is not what it was"));
  EXPECT_EQ(proxy.get().status, 200);
  EXPECT_EQ(origin.handshakes(), 2U);
}

TEST_F(Reload, F102_TLS_files_that_can_not_be_used_change_nothing) {
  const auto pair = pki().client("a");
  const auto odd = pki().client("b");
  Proxy& proxy = start();
  config.set("tls.certificate", pair.chain_file).set("tls.key", odd.key_file);
  proxy.daemon.reload(config.set("pool.max_age", "30m"));
  proxy.daemon.wait_for_log("names a key that is not the one of the certificate");
  proxy.daemon.wait_for_log("nothing is changed");
  EXPECT_THAT(log(), Not(HasSubstr("pool.max_age")));
  EXPECT_EQ(proxy.get().status, 200);
}

TEST_F(Reload, F043_sessions_of_other_settings_are_not_resumed) {
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 200);
  config.set("pool.max_age", "30m");
  reload();
  origin.drop_connections(ScriptedOrigin::Drop::CloseNotify);
  EXPECT_EQ(proxy.get().status, 200);
  EXPECT_EQ(origin.counts().resumed, 1U) << "these settings are the same";
  const TempDir folder;
  std::ofstream(folder.path() + "/ca.pem") << pki().ca_pem();
  trust(folder.path() + "/ca.pem");
  reload();
  EXPECT_EQ(proxy.get().status, 200);
  EXPECT_EQ(origin.handshakes(), 3U);
  EXPECT_EQ(origin.counts().resumed, 1U);
}

TEST_F(Reload, F039_an_origin_that_moves_has_a_connection_there_before_the_old_ones_go) {
  const auto latch = std::make_shared<Latch>();
  origin.set_script(Service([latch](const Request& request) {
    if (request.target == "/slow") latch->wait();
    return Response{.body = "old"};
  }));
  ScriptedOrigin moved(speaking({"h2"}),
                       Service([](const Request&) { return Response{.body = "new"}; }));
  keep_ready();
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().body, "old");
  RawClient slow = proxy.client();
  slow.send(post_request("/slow", "x"));
  origin.wait_for_requests(2);
  place(moved.endpoint());
  reload();
  moved.wait_for_handshakes(1);
  EXPECT_EQ(moved.counts().resumed, 0U) << "no ticket of the old place";
  latch->open();
  EXPECT_EQ(slow.read_response().body, "old");
  origin.wait_for_open(0);
  EXPECT_EQ(proxy.get().body, "new");
  EXPECT_EQ(proxy.records(3).back().get("found"), "ready");
}

TEST_F(Reload, F101_what_is_to_be_warm_becomes_so_and_what_is_not_any_more_goes) {
  keep_ready();
  config.set("pool.keep_warm", "1ms");
  start();
  config.set("pool.warm", "[\"https://api.test\"]");
  reload();
  origin.wait_for_handshakes(1);
  EXPECT_EQ(origin.requests(), 0U);
  config.set("pool.warm", "[]");
  reload();
  origin.wait_for_open(0);
}

TEST_F(Reload, what_a_process_has_for_its_life_is_named_and_the_rest_applied) {
  config.with_admin();
  Proxy& proxy = start();
  config.set("workers", "3").set("pool.max_age", "30m").set("log.access", "{to: none}");
  reload();
  EXPECT_THAT(
      log(),
      HasSubstr("SIGHUP: workers: 1 -> 3 holds from the next start on (restart or SIGUSR2)"));
  EXPECT_THAT(log(), HasSubstr("SIGHUP: log.access.to: stdout -> none holds from"));
  const auto shown = admin_get("/config").body;
  EXPECT_THAT(shown, HasSubstr("workers: 1\n"));
  EXPECT_THAT(shown, HasSubstr("  max_age: 30m\n"));
  EXPECT_EQ(proxy.get().status, 200);
  EXPECT_EQ(proxy.record().get("status"), "200") << "it is logged as before";
}

TEST_F(Reload, there_may_be_fewer_clients_from_now_on) {
  config.with_admin();
  Proxy& proxy = start();
  config.set("limits.clients", "7");
  reload();
  EXPECT_EQ(PrometheusText(admin_get("/metrics").body).value_or("ccnproxy_clients_limit", -1), 7);
  EXPECT_EQ(proxy.get().status, 200);
}

TEST_F(Reload, F106_the_metrics_tell_whether_the_last_one_was_good) {
  config.with_admin();
  Proxy& proxy = start();
  const auto value = [&](const std::string& name) {
    return PrometheusText(admin_get("/metrics").body)
        .value_or("ccnproxy_config_last_reload_" + name, -1);
  };
  EXPECT_EQ(value("successful"), 1);
  const auto started = value("success_timestamp_seconds");
  EXPECT_GT(started, 1.7e9);
  proxy.daemon.reload("workers: none\n");
  proxy.daemon.wait_for_log("nothing is changed");
  EXPECT_EQ(value("successful"), 0);
  EXPECT_EQ(value("success_timestamp_seconds"), started);
  config.set("pool.max_age", "30m");
  reload();
  EXPECT_EQ(value("successful"), 1);
  EXPECT_GT(value("success_timestamp_seconds"), started);
}

TEST_F(Reload, the_log_level_is_the_configurations_again) {
  config.with_admin();
  start();
  EXPECT_EQ(admin_get("/log-level").body, "info\n");
  const auto set = RawClient(proxy_->daemon.admin_address())
                       .roundtrip("POST /log-level?level=debug HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(set.body, "debug\n");
  EXPECT_EQ(admin_get("/log-level").body, "debug\n");
  proxy_->daemon.wait_for_log("the log's level was info and is debug");
  reload();
  EXPECT_EQ(admin_get("/log-level").body, "info\n");
  config.set("log.level", "error");
  proxy_->daemon.reload(config);
  for (const Deadline deadline; admin_get("/log-level").body != "error\n";)
    if (deadline.passed()) throw Failure("the level is not the configuration's");
}

TEST_F(Reload, the_service_manager_is_told_when_it_begins_and_ends) {
  NotifySocket manager;
  const auto daemon = start_daemon(config, [&](ChildOptions& options) {
    options.environment["NOTIFY_SOCKET"] = manager.path();
  });
  EXPECT_THAT(manager.receive(), HasSubstr("READY=1"));
  daemon->reload(config.set("pool.max_age", "30m"));
  EXPECT_THAT(manager.receive(), ::testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  EXPECT_THAT(manager.receive(), HasSubstr("READY=1"));
  daemon->reload("workers: none\n");
  EXPECT_THAT(manager.receive(), HasSubstr("RELOADING=1"));
  EXPECT_THAT(manager.receive(), HasSubstr("READY=1"));
}

TEST_F(Reload, F099_nobody_notices_many_of_them_under_load) {
  keep_ready();
  config.set("workers", "3");
  start();
  EXPECT_EQ(proxy_->get().status, 200);
  std::vector<Load> load;
  for (int i = 0; i < 4; ++i) load.emplace_back(proxy_->daemon.address());
  const TempDir folder;
  for (int i = 0; i < 20; ++i) {
    const auto ca = folder.path() + "/" + std::to_string(i % 2) + ".pem";
    if (i < 2) std::ofstream(ca) << pki().ca_pem();
    trust(ca);
    config.set("pool.max_age", std::to_string(10 + i) + "m");
    config.set("limits.headers", std::to_string(100 + i));
    reload();
  }
  std::size_t answered = 0;
  for (auto& one : load) {
    EXPECT_EQ(one.end(), "");
    answered += one.answered();
  }
  EXPECT_GT(answered, 20U);
}

}  // namespace
}  // namespace ccnproxy::integration
