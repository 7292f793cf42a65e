// Many clients, and what is left of them.
#include "access_line.h"
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

std::size_t descriptors_when_ready(const OneOrigin& proxy) {
  // Its loops are there then, and what starting opened and closed again is not.
  proxy.daemon->wait_for_log("info ready");
  return proxy.daemon->process().open_descriptors();
}

/// Waits until the daemon has no more descriptors than when it was `fresh`, but those of its
/// connections to the origin: no client is left in it.
void wait_for_no_clients(const OneOrigin& proxy, std::size_t fresh) {
  const auto extra = [&] {
    const auto now = static_cast<std::ptrdiff_t>(proxy.daemon->process().open_descriptors());
    return now - static_cast<std::ptrdiff_t>(fresh + proxy.origin.counts().open);
  };
  for (const Deadline deadline; extra() != 0; std::this_thread::yield()) {
    if (deadline.passed()) throw Failure(std::to_string(extra()) + " descriptors too many");
  }
}

TEST(DaemonLoad, F109_a_connection_for_each_request_leaves_nothing_behind) {
  constexpr std::size_t many = 2'000;
  OneOrigin proxy("plain", Service(standard_answers));
  const std::size_t fresh = descriptors_when_ready(proxy);
  for (std::size_t i = 0; i < many; ++i) {
    RawClient client = proxy.connect();
    const bool close_is_said = i % 2 == 0;
    const auto response = client.roundtrip(
        head("GET / HTTP/1.1", proxy.label_host, close_is_said ? "Connection: close\r\n" : ""));
    ASSERT_EQ(response.body, "ok") << i;
  }
  wait_for_no_clients(proxy, fresh);
  EXPECT_EQ(proxy.daemon->wait_for_access_records(many).size(), many);
}

TEST(DaemonLoad, F097_clients_that_leave_at_every_stage_leave_nothing_behind) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, Service(standard_answers));
    const std::size_t fresh = descriptors_when_ready(proxy);
    const std::string upload =
        head("POST /upload HTTP/1.1", proxy.label_host, "Content-Length: 100000\r\n");
    const std::string download = head("GET /bytes/5000000 HTTP/1.1", proxy.label_host);
    for (int i = 0; i < 60; ++i) {
      RawClient client = proxy.connect();
      if (i % 5 == 1) client.send(download.substr(0, 20));
      if (i % 5 == 2) client.send(upload + "part of it");
      if (i % 5 == 3) client.send(download);
      if (i % 5 == 4) {
        client.send(download);
        client.read_exact(1000);
      }
      i % 2 == 0 ? client.close() : client.reset();
    }
    EXPECT_EQ(proxy.connect().get(proxy.label_host).body, "ok") << protocol;
    wait_for_no_clients(proxy, fresh);
    // A record for each of the 36 heads that were complete, and none for those that were not.
    const auto records = proxy.daemon->wait_for_access_records(37);
    EXPECT_EQ(records.size(), 37U);
    for (const auto& record : records) EXPECT_NO_THROW(AccessLine line(record)) << record;
  }
}

TEST(DaemonLoad, F014_four_workers_serve_many_clients) {
  constexpr std::size_t clients = 200;
  constexpr int rounds = 5;
  for (const std::string protocol : {"h2", "http/1.1"}) {
    OneOrigin proxy(protocol, Service([](const Request& request) {
                      return Response{.body = request.target + request.body};
                    }),
                    [](DaemonConfig& config) { config.set("workers", "4"); });
    proxy.daemon->wait_for_log("with 4 workers");
    std::vector<std::unique_ptr<RawClient>> all;
    for (std::size_t i = 0; i < clients; ++i)
      all.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < clients; ++i)
        all[i]->send(head("POST /" + std::to_string(i) + " HTTP/1.1", proxy.label_host,
                          "Content-Length: 2\r\n") +
                     "-" + std::to_string(round));
      for (std::size_t i = 0; i < clients; ++i)
        ASSERT_EQ(all[i]->read_response().body,
                  "/" + std::to_string(i) + "-" + std::to_string(round));
    }
    const auto records = proxy.daemon->wait_for_access_records(clients * rounds);
    EXPECT_EQ(records.size(), clients * rounds);
    for (const auto& record : records) ASSERT_NO_THROW(AccessLine line(record)) << record;
  }
}

/// How many of the surplus wait for a place, and how many are told that there is none, depends on
/// how soon places become free.
TEST(DaemonLoad, F093_too_many_clients_at_once_are_served_or_told_so_and_then_all_are_served) {
  OneOrigin proxy("plain", Service(standard_answers),
                  [](DaemonConfig& config) { config.set("limits.clients", "20"); });
  const auto request = [&](int i) {
    return head("GET /" + std::to_string(i) + " HTTP/1.1", proxy.label_host,
                "Connection: close\r\n");
  };
  std::vector<std::unique_ptr<RawClient>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    all.back()->send(request(i));
  }
  int served = 0;
  for (auto& client : all) {
    const auto status = client->read_response().status;
    EXPECT_TRUE(status == 200 || status == 503) << status;
    served += status == 200 ? 1 : 0;
  }
  EXPECT_GE(served, 20);
  all.clear();
  for (int i = 0; i < 100; ++i) {
    RawClient client = proxy.connect();
    client.send(request(i));
    EXPECT_EQ(client.read_response().status, 200);
  }
}

}  // namespace
}  // namespace ccnproxy::integration
