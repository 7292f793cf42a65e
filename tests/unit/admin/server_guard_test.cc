// What the admin endpoint does about connections that take its time, and about requests of web
// pages.
#include <deque>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/deadline.h"
#include "fakes/temp_dir.h"
#include "reports.h"
#include "running_server.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using fakes::RawClient;
using ::testing::HasSubstr;
using ::testing::Not;

/// Of this process, which plays both sides.
std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// So many pools that a socket's buffers do not take the page of them.
void make_pages_large(Running& server) {
  server.do_there([&] {
    auto& pools = server.source.report(0).pools;
    for (int i = 0; i < 40'000; ++i)
      pools.push_back(pool_of("https://o" + std::to_string(i) + ".test"));
  });
}

TEST(AdminServer, F154_at_the_bound_the_connection_silent_for_longest_makes_room) {
  auto options = patient();
  options.connections = 2;
  Running server(options);
  RawClient first = server.connect();
  EXPECT_EQ(first.get("localhost", "/healthz").status, 200);
  RawClient second = server.connect();
  EXPECT_EQ(second.get("localhost", "/healthz").status, 200);
  EXPECT_EQ(first.get("localhost", "/healthz").status, 200) << "now the second waits for longest";
  RawClient third = server.connect();
  EXPECT_EQ(third.get("localhost", "/readyz").body, "ready\n");
  EXPECT_EQ(second.read_to_end(), "");
  EXPECT_EQ(first.get("localhost", "/healthz").status, 200);
  EXPECT_EQ(third.get("localhost", "/healthz").status, 200);
}

TEST(AdminServer, F154_silent_connections_and_half_heads_keep_no_health_check_waiting) {
  auto options = patient();
  options.connections = 8;
  Running server(options);
  std::deque<RawClient> others;
  for (int i = 0; i < 100; ++i) {
    others.emplace_back(server.address);
    if (i % 2 == 0) others.back().send("GET /healthz HTTP/1.1\r\nHost: loc");
    if (i % 10 == 0) {
      EXPECT_EQ(server.get("/healthz").status, 200) << i;
    }
  }
  EXPECT_EQ(server.get("/healthz").status, 200);
  EXPECT_EQ(server.get("/readyz").status, 200);
  EXPECT_EQ(others.front().read_to_end(), "") << "it was among the first to make room";
}

TEST(AdminServer, F154_nor_do_clients_that_read_no_answer) {
  auto options = patient();
  options.connections = 4;
  Running server(options);
  make_pages_large(server);
  std::deque<RawClient> others;
  for (int i = 0; i < 8; ++i) {
    others.emplace_back(server.address, fakes::RawClientOptions{.receive_buffer = 4096});
    others.back().send("GET /pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  EXPECT_EQ(server.get("/healthz").status, 200);
  EXPECT_EQ(server.get("/readyz").status, 200);
}

TEST(AdminServer, F154_a_client_that_takes_nothing_of_its_answer_is_let_go) {
  auto options = patient();
  options.stall = 30ms;
  Running server(options);
  make_pages_large(server);
  RawClient slow(server.address, {.receive_buffer = 4096});
  EXPECT_EQ(slow.get("localhost", "/healthz").status, 200);
  const auto with_it = open_files();
  slow.send("GET /pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (const fakes::Deadline deadline; open_files() >= with_it; std::this_thread::yield())
    ASSERT_FALSE(deadline.passed()) << "the server still has the connection";
  EXPECT_FALSE(slow.read_response().complete());
}

TEST(AdminServer, F154_all_who_wait_for_one_page_get_one_answer) {
  Running server;
  server.do_there([&] { server.source.held = {0}; });
  constexpr int clients = 40;
  std::deque<RawClient> waiting;
  for (int i = 0; i < clients; ++i) {
    waiting.emplace_back(server.address);
    waiting.back().send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  EXPECT_EQ(server.get("/healthz").status, 200);
  server.do_there([&] { server.source.release(); });
  for (auto& client : waiting) EXPECT_EQ(client.read_response().status, 200);
  server.do_there([&] { EXPECT_LT(server.source.asked, 10U); });
}

TEST(AdminServer, F154_more_different_large_pages_than_a_few_are_refused_in_words) {
  auto options = patient();
  Running server(options);
  server.do_there([&] { server.source.held = {0}; });
  std::deque<RawClient> waiting;
  for (int i = 0; i < 30; ++i) {
    waiting.emplace_back(server.address);
    waiting.back().send("GET /pools?contains=" + std::to_string(i) +
                        " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  EXPECT_EQ(server.get("/healthz").status, 200);
  const auto refused = waiting.back().read_response();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.fields.get("retry-after"), "1");
  server.do_there([&] { server.source.release(); });
  EXPECT_EQ(waiting.front().read_response().status, 200);
}

TEST(AdminServer, F154_pipelined_requests_are_answered_in_turn) {
  Running server;
  RawClient client = server.connect();
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.send(requests);
  EXPECT_EQ(server.get("/healthz").status, 200);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read_response().body, "ok\n");
}

TEST(AdminServer, F145_a_host_that_is_not_listed_gets_421_that_names_the_key) {
  Running server;
  for (const std::string path : {"/", "/healthz", "/pools", "/config", "/log-level", "/nowhere"}) {
    const auto refused = server.connect().get("evil.example:3001", path);
    EXPECT_EQ(refused.status, 421) << path;
    EXPECT_THAT(refused.body, HasSubstr("admin.hosts"));
    EXPECT_THAT(refused.body, Not(HasSubstr("evil")));
  }
  const auto post = server.connect().roundtrip(
      "POST /log-level?level=debug HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(post.status, 421);
  const auto absolute = server.connect().roundtrip(
      "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(absolute.status, 421);
  EXPECT_EQ(server.connect()
                .roundtrip("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
                .status,
            400);
  EXPECT_EQ(server.get("/log-level").body, "info\n");
}

TEST(AdminServer, F145_addresses_listed_names_and_old_health_checks_are_answered) {
  Running server;
  server.do_there([&] { server.source.settings.admin.hosts = {"ccnproxy.svc", "*.nodes.test"}; });
  for (const std::string host : {"127.0.0.1", "10.1.2.3:3001", "[::1]:3001", "localhost:3001",
                                 "ccnproxy.svc:3001", "a.nodes.test"}) {
    EXPECT_EQ(server.connect().get(host, "/healthz").body, "ok\n") << host;
  }
  EXPECT_EQ(server.connect().roundtrip("GET /healthz HTTP/1.0\r\n\r\n").body, "ok\n");
  EXPECT_EQ(
      server.connect().roundtrip("GET http://127.0.0.1/healthz HTTP/1.1\r\nHost: x\r\n\r\n").body,
      "ok\n");
}

TEST(AdminServer, F145_over_a_unix_socket_any_host_will_do) {
  const fakes::TempDir folder;
  Running server(patient(), "unix:" + folder.path() + "/admin.sock");
  EXPECT_EQ(server.connect().get("evil.example", "/healthz").body, "ok\n");
}

TEST(AdminServer, F145_no_page_changes_anything_whatever_site_it_is_of) {
  Running server;
  for (const std::string site : {"cross-site", "same-site", "same-origin"}) {
    const auto response = server.connect().roundtrip(
        "POST /log-level?level=debug HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: " + site +
        "\r\n\r\n");
    EXPECT_EQ(response.status, 403) << site;
  }
  EXPECT_EQ(server.get("/log-level").body, "info\n");
}

}  // namespace
}  // namespace ccnproxy::admin
