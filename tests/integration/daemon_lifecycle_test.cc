// Starting, draining and ending, as a service manager and an operator see it.
#include <csignal>

#include "access_line.h"
#include "client_fixture.h"
#include "notify_socket.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

void drain_for_long(DaemonConfig& config) { config.set("timeouts.drain", "1h"); }

/// Returns once nobody takes connections there.
TEST(DaemonReload, F102_SIGHUP_tells_what_is_wrong_and_changes_nothing) {
  OneOrigin proxy("plain", Service(standard_answers), drain_for_long);
  proxy.daemon->reload("workers: none\npool: {warmth: 1}\n");
  proxy.daemon->wait_for_log("1:10: `workers` must be");
  proxy.daemon->wait_for_log("unknown key `warmth`");
  proxy.daemon->wait_for_log("nothing is changed");
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
}

TEST(DaemonReload, SIGHUP_changes_nothing_in_a_process_that_drains) {
  OneOrigin proxy("plain", Service(standard_answers), drain_for_long);
  RawClient held = proxy.connect();
  held.send(head("POST /echo HTTP/1.1", proxy.label_host, "Content-Length: 1\r\n"));
  proxy.origin.wait_for_requests(1);
  proxy.daemon->signal(SIGTERM);
  proxy.daemon->wait_for_log("draining, for at most");
  proxy.daemon->signal(SIGHUP);
  proxy.daemon->wait_for_log("SIGHUP: this process is draining already");
  held.send("x");
  EXPECT_EQ(held.read_response().body, "x");
}

class DaemonDrain : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Origins, DaemonDrain, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(DaemonDrain, F099_finishes_what_runs_and_takes_nothing_new) {
  // The small one is complete here, and only on its way out, when the drain begins.
  for (const std::size_t size : {200'000U, 3'000'000U}) {
    Service service(standard_answers);
    OneOrigin proxy(GetParam(), service, drain_for_long);
    RawClient idle = proxy.connect();
    EXPECT_EQ(idle.get(proxy.label_host).status, 200);
    RawClient running = proxy.connect({.receive_buffer = 4096});
    running.send(head("GET /bytes/" + std::to_string(size) + " HTTP/1.1", proxy.label_host));
    running.stream().unread(running.read_exact(100));  // it runs
    if (size < 1'000'000)
      service.wait_for("its end", [](const ServiceStats& stats) { return stats.responses == 2; });
    proxy.daemon->signal(SIGTERM);
    proxy.daemon->wait_for_log("draining");
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(idle.end(), StreamEnd::Fin);
    wait_until_refused(proxy.daemon->address());
    EXPECT_EQ(running.digest_response().digest.summary(), pattern_digest(size).summary());
    EXPECT_EQ(running.read_to_end(), "");
    EXPECT_EQ(running.end(), StreamEnd::Fin);
    EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
    EXPECT_EQ(proxy.daemon->access_records().size(), 2U);
  }
}

TEST_P(DaemonDrain, F099_a_response_that_begins_while_draining_says_close) {
  const auto hold = std::make_shared<Latch>();
  OneOrigin proxy(GetParam(), Service([&](const Request&) {
                    return Response{.body = "late", .held_by = hold};
                  }),
                  drain_for_long);
  RawClient client = proxy.connect();
  client.send(head("GET / HTTP/1.1", proxy.label_host));
  proxy.origin.wait_for_requests(1);
  proxy.daemon->signal(SIGTERM);
  wait_until_refused(proxy.daemon->address());
  hold->open();
  const auto response = client.read_response();
  EXPECT_EQ(response.body, "late");
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
}

TEST_P(DaemonDrain, F099_a_request_that_is_on_its_way_is_answered) {
  OneOrigin proxy(GetParam(), Service(standard_answers), drain_for_long);
  RawClient fresh = proxy.connect();
  RawClient half = proxy.connect();
  half.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);  // who came before is in, too
  proxy.daemon->signal(SIGTERM);
  wait_until_refused(proxy.daemon->address());  // each worker drains by then
  const auto response = fresh.get(proxy.label_host);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.fields.get("connection"), "close");
  half.send("Host: " + proxy.label_host + "\r\n\r\n");
  EXPECT_EQ(half.read_response().status, 200);
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
}

TEST_P(DaemonDrain, F100_a_second_signal_ends_at_once) {
  const auto never = std::make_shared<Latch>();
  OneOrigin proxy(GetParam(), Service([&](const Request&) { return Response{.held_by = never}; }),
                  drain_for_long);
  RawClient client = proxy.connect();
  client.send(head("GET /held HTTP/1.1", proxy.label_host));
  proxy.origin.wait_for_requests(1);
  proxy.daemon->signal(SIGTERM);
  proxy.daemon->wait_for_log("draining");
  proxy.daemon->signal(SIGINT);
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
  EXPECT_FALSE(client.read_response().complete());
  const auto records = proxy.daemon->wait_for_access_records(1);
  EXPECT_EQ(AccessLine(records[0]).get("target"), "/held");
}

TEST(DaemonLifecycle, F100_the_drain_has_an_end) {
  const auto never = std::make_shared<Latch>();
  OneOrigin proxy("h2", Service([&](const Request&) { return Response{.held_by = never}; }),
                  [](DaemonConfig& config) { config.set("timeouts.drain", "200ms"); });
  RawClient client = proxy.connect();
  client.send(head("GET / HTTP/1.1", proxy.label_host));
  proxy.origin.wait_for_requests(1);
  proxy.daemon->signal(SIGTERM);
  proxy.daemon->wait_for_log("timeouts.drain");
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
  EXPECT_FALSE(client.read_response().complete());
}

TEST(DaemonLifecycle, ends_at_once_when_nothing_runs) {
  for (const int signal : {SIGTERM, SIGINT}) {
    OneOrigin proxy("h2", Service(standard_answers), drain_for_long);
    RawClient client = proxy.connect();
    EXPECT_EQ(client.get(proxy.label_host).status, 200);
    proxy.daemon->signal(signal);
    EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.end(), StreamEnd::Fin);
    EXPECT_EQ(proxy.daemon->access_records().size(), 1U);
  }
}

TEST(DaemonLifecycle, tells_the_service_manager_when_it_is_ready_and_when_it_stops) {
  NotifySocket manager;
  OneOrigin proxy("plain", Service(standard_answers), {}, [&](ChildOptions& options) {
    options.environment["NOTIFY_SOCKET"] = manager.path();
  });
  EXPECT_THAT(manager.receive(), HasSubstr("READY=1"));
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
  proxy.daemon->signal(SIGTERM);
  EXPECT_THAT(manager.receive(), HasSubstr("STOPPING=1"));
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
}

}  // namespace
}  // namespace ccnproxy::integration
