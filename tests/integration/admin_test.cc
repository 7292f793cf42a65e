// The admin endpoint of a running daemon: what it says is what happened.
#include <csignal>
#include <ctime>

#include <yaml-cpp/yaml.h>

#include "ccnproxy/config/loader.h"

#include "client_fixture.h"
#include "fakes/daemon_under_test.h"
#include "fakes/prometheus_text.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

void with_admin(DaemonConfig& config) { config.with_admin(); }

/// Asks the admin endpoint.
class Admin {
 public:
  explicit Admin(const DaemonProcess& daemon) : address_(daemon.admin_address()) {}

  ReceivedResponse get(const std::string& target) const {
    return RawClient(address_).get("admin", target);
  }
  YAML::Node pools(const std::string& query = "") const {
    return YAML::Load(get("/pools" + query).body)["origins"];  // JSON is YAML
  }
  PrometheusText metrics() const { return PrometheusText(get("/metrics").body); }

  /// Scrapes until `series` has this value: the last byte of a response may be here before the
  /// daemon has counted it.
  PrometheusText metrics_when(const std::string& series, double value) const {
    for (const Deadline deadline;;) {
      auto scrape = metrics();
      if (scrape.value_or(series, 0) == value) return scrape;
      if (deadline.passed())
        throw Failure(series + " is not " + std::to_string(value) + ":\n" + get("/metrics").body);
    }
  }

 private:
  std::string address_;
};

class AdminOf : public ::testing::TestWithParam<std::string> {
 protected:
  std::string origin() const {
    return GetParam() == "plain" ? "http://api.test" : "https://api.test";
  }
  std::string protocol() const { return GetParam() == "h2" ? "h2" : "http/1.1"; }
  /// A series of this origin.
  std::string of_origin(const std::string& name, const std::string& labels) const {
    return "ccnproxy_" + name + "{origin=\"" + origin() + "\"" + labels + "}";
  }
};
INSTANTIATE_TEST_SUITE_P(Origins, AdminOf, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(AdminOf, F031_pools_show_the_connection_and_its_protocol) {
  OneOrigin proxy(GetParam(), Service(standard_answers), with_admin);
  const Admin admin(*proxy.daemon);
  EXPECT_EQ(admin.pools().size(), 0U);
  RawClient client = proxy.connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get(proxy.label_host).status, 200);
  admin.metrics_when(of_origin("requests_total", ",code=\"200\""), 3);
  const auto pools = admin.pools();
  ASSERT_EQ(pools.size(), 1U);
  const auto& pool = pools[0];
  EXPECT_EQ(pool["origin"].as<std::string>(), origin());
  EXPECT_EQ(pool["protocol"].as<std::string>(), protocol());
  EXPECT_EQ(pool["requests"].as<int>(), 3);
  EXPECT_TRUE(pool["kept_warm"].as<bool>());
  EXPECT_FALSE(pool["warm_for_ever"].as<bool>());
  EXPECT_EQ(pool["waits"]["dialed"].as<int>(), 1);
  EXPECT_EQ(pool["waits"]["ready"].as<int>() + pool["waits"]["waited"].as<int>(), 2);
  EXPECT_TRUE(pool["learned"]["idle_s"].IsNull());
  bool found = false;
  for (const auto& connection : pool["connections"]) {
    if (connection["requests"].as<int>() == 0) continue;
    found = true;
    EXPECT_EQ(connection["state"].as<std::string>(), "ready");
    EXPECT_EQ(connection["protocol"].as<std::string>(), protocol());
    EXPECT_EQ(connection["address"].as<std::string>(), proxy.origin.endpoint());
    EXPECT_EQ(connection["streams"].as<int>(), 0);
    EXPECT_GE(connection["capacity"].as<int>(), 1);
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(admin.pools("?origin=" + origin()).size(), 1U);
  EXPECT_EQ(admin.pools("?origin=https://elsewhere.test").size(), 0U);
}

TEST_P(AdminOf, metrics_count_what_happened) {
  OneOrigin proxy(GetParam(), Service(standard_answers), with_admin);
  const Admin admin(*proxy.daemon);
  RawClient client = proxy.connect();
  EXPECT_EQ(client.get(proxy.label_host, "/bytes/1000").status, 200);
  EXPECT_EQ(
      client.roundtrip(head("POST / HTTP/1.1", proxy.label_host, "Content-Length: 5\r\n") + "hello")
          .status,
      200);
  EXPECT_EQ(proxy.connect().get("no-label.test").status, 400);
  const auto text = admin.metrics_when("ccnproxy_request_duration_seconds_count", 3);
  EXPECT_EQ(text.value(of_origin("requests_total", ",code=\"200\"")), 2);
  EXPECT_EQ(text.value("ccnproxy_requests_total{origin=\"none\",code=\"400\"}"), 1);
  EXPECT_EQ(text.value("ccnproxy_errors_total{type=\"http_request_error\"}"), 1);
  EXPECT_EQ(text.value(of_origin("upstream_response_head_seconds_count", "")), 2);
  EXPECT_EQ(text.value(of_origin("connection_wait_total", ",result=\"dialed\"")), 1);
  EXPECT_EQ(text.value(of_origin("connection_wait_total", ",result=\"ready\"")), 1);
  EXPECT_EQ(
      text.value(of_origin("upstream_handshakes_total", ",resumed=\"false\",cause=\"request\"")),
      1);
  EXPECT_GE(text.value(of_origin("upstream_connections",
                                 ",protocol=\"" + protocol() + "\",state=\"ready\"")),
            1);
  EXPECT_EQ(text.value(of_origin("bytes_total", ",direction=\"in\"")), 5);
  EXPECT_GE(text.value(of_origin("bytes_total", ",direction=\"out\"")), 1000);
  EXPECT_GT(text.value(of_origin("upstream_rtt_seconds", "")), 0);
  const auto expiry = of_origin("upstream_certificate_expiry_timestamp_seconds", "");
  if (GetParam() == "plain")
    EXPECT_EQ(text.value_or(expiry, 0), 0);
  else
    EXPECT_GT(text.value(expiry), static_cast<double>(std::time(nullptr)));
  EXPECT_GE(text.value("ccnproxy_clients"), 1);
  EXPECT_EQ(text.value("ccnproxy_pools"), 1);
  EXPECT_EQ(text.value("ccnproxy_worker_up{worker=\"0\"}"), 1);
  EXPECT_GE(text.value("process_open_fds"), 3);
}

TEST_P(AdminOf, F091_no_path_of_the_origin_is_shadowed) {
  OneOrigin proxy(GetParam(), Service([](const Request& request) {
                    return Response{.body = "origin's " + request.target};
                  }),
                  with_admin);
  RawClient client = proxy.connect();
  for (const std::string path :
       {"/", "/healthz", "/readyz", "/pools", "/metrics", "/config", "/hc"})
    EXPECT_EQ(client.get(proxy.label_host, path).body, "origin's " + path);
}

TEST(AdminEndpoint, ready_until_it_drains_and_alive_to_the_end) {
  const auto hold = std::make_shared<Latch>();
  OneOrigin proxy(
      "h2", Service([&](const Request&) { return Response{.body = "late", .held_by = hold}; }),
      [](DaemonConfig& config) { config.with_admin().set("timeouts.drain", "1h"); });
  const Admin admin(*proxy.daemon);
  EXPECT_EQ(admin.get("/healthz").status, 200);
  proxy.daemon->wait_for_log("info ready");
  EXPECT_EQ(admin.get("/readyz").body, "ready\n");
  RawClient client = proxy.connect();
  client.send(head("GET / HTTP/1.1", proxy.label_host));
  proxy.origin.wait_for_requests(1);
  proxy.daemon->signal(SIGTERM);
  proxy.daemon->wait_for_log("draining");
  const auto draining = admin.get("/readyz");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(draining.body, "draining\n");
  EXPECT_EQ(admin.get("/healthz").status, 200);
  EXPECT_EQ(admin.pools().size(), 1U);
  EXPECT_EQ(admin.metrics().value("ccnproxy_ready"), 0);
  hold->open();
  EXPECT_EQ(client.read_response().body, "late");
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
}

TEST(AdminEndpoint, config_is_what_the_file_and_the_defaults_say) {
  OneOrigin proxy("h2", nullptr, [](DaemonConfig& config) {
    config.with_admin().set("timeouts.dns", "1234ms").set("pool.spare", "0.25");
  });
  const auto shown = Admin(*proxy.daemon).get("/config");
  EXPECT_EQ(shown.fields.get("content-type"), "application/yaml");
  const auto in_force = config::load_text(shown.body, "/config");
  const auto file = config::load_file(proxy.daemon->config_file());
  ASSERT_TRUE(in_force.ok()) << shown.body;
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(in_force.config, file.config) << shown.body;
}

TEST(AdminEndpoint, adds_up_all_workers) {
  OneOrigin proxy("http/1.1", Service(standard_answers),
                  [](DaemonConfig& config) { config.with_admin().set("workers", "4"); });
  const Admin admin(*proxy.daemon);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
  const auto text =
      admin.metrics_when("ccnproxy_requests_total{origin=\"https://api.test\",code=\"200\"}", 40);
  EXPECT_THAT(text.label_values("worker"), ElementsAre("0", "1", "2", "3"));
  int requests = 0;
  for (const auto& pool : admin.pools()) requests += pool["requests"].as<int>();
  EXPECT_EQ(requests, 40);
}

TEST(AdminEndpoint, F103_many_origins_are_few_names) {
  OneOrigin proxy("plain", Service(standard_answers), with_admin);
  RawClient client = proxy.connect();
  const int origins = 150;
  for (int i = 0; i < origins; ++i) {
    const auto name = "o" + std::to_string(i) + ".test";
    EXPECT_EQ(client.get(host_for("plain", name)).status, 200);
  }
  const Admin admin(*proxy.daemon);
  const auto text = admin.metrics_when("ccnproxy_request_duration_seconds_count", origins);
  EXPECT_THAT(text.label_values("origin"), SizeIs(102)) << "and other, and none";
  double sum = 0;
  for (const auto& origin : text.label_values("origin"))
    sum += text.value_or("ccnproxy_requests_total{origin=\"" + origin + "\",code=\"200\"}", 0);
  EXPECT_EQ(sum, origins);
}

TEST(AdminEndpoint, on_a_unix_socket_that_a_dead_daemon_left) {
  const TempDir folder;
  const std::string address = "unix:" + folder.path() + "/admin.sock";
  const auto there = [&](DaemonConfig& config) { config.with_admin(address); };
  {
    OneOrigin killed("plain", nullptr, there);
    EXPECT_EQ(Admin(*killed.daemon).get("/healthz").body, "ok\n");
    killed.daemon->signal(SIGKILL);
    killed.daemon->wait_for_exit();
  }
  OneOrigin proxy("plain", nullptr, there);
  EXPECT_EQ(proxy.daemon->admin_address(), address);
  proxy.daemon->wait_for_log("info ready");
  EXPECT_EQ(Admin(*proxy.daemon).get("/readyz").body, "ready\n");
}

TEST(AdminEndpoint, F102_an_address_in_use_ends_the_start) {
  const TempDir folder;
  for (const std::string& address : {std::string("127.0.0.1:0"), "unix:" + folder.path() + "/a"}) {
    OneOrigin first("plain", nullptr, [&](DaemonConfig& config) { config.with_admin(address); });
    DaemonConfig second;
    second.with_admin(first.daemon->admin_address());
    ChildOptions options;
    options.program = fakes::daemon_under_test();
    options.arguments = {"serve", "-f", folder.write("c.yaml", second.yaml())};
    ChildProcess child(options);
    EXPECT_THAT(child.wait_for_err_line("in use"), HasSubstr(first.daemon->admin_address()));
    EXPECT_EQ(child.wait_for_exit(), 1);
    EXPECT_EQ(Admin(*first.daemon).get("/healthz").status, 200);
  }
}

TEST(AdminEndpoint, none_is_off) {
  OneOrigin proxy("plain", Service(standard_answers));
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
  EXPECT_THAT(proxy.daemon->log(), Not(HasSubstr("admin")));
}

}  // namespace
}  // namespace ccnproxy::integration
