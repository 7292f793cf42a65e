// Listening sockets that were open before the daemon was, as systemd and Server::Starter leave
// them.
#include "fakes/daemon_under_test.h"
#include "fakes/new_clients.h"
#include "kept_listener.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

class InheritedListener : public KeptListener {};
INSTANTIATE_TEST_SUITE_P(Workers, InheritedListener, ::testing::Values("1", "3"));

TEST_P(InheritedListener, F099_is_served_by_all_workers) {
  start();
  EXPECT_EQ(daemon_->address(), address_);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(std::make_unique<RawClient>(address_));
  for (auto& client : clients) EXPECT_EQ(client->get(host).status, 200);
}

TEST_P(InheritedListener, F099_who_comes_between_two_daemons_waits_and_is_served) {
  start();
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
  stop();
  RawClient waiting(address_);
  waiting.send(get_request());
  start();
  EXPECT_EQ(waiting.read_response().status, 200);
}

TEST_P(InheritedListener, F099_restarts_lose_no_request) {
  start();
  NewClients clients(address_, host);
  for (int i = 0; i < 10; ++i) {
    clients.wait_for(clients.served() + 5);
    stop();
    start();
  }
  EXPECT_THAT(clients.end(), ::testing::IsEmpty());
}

TEST(InheritedSockets, F099_one_that_no_listener_is_for_ends_the_start_and_is_named) {
  const auto listener = listen_on("127.0.0.1:0");
  const TempDir folder;
  ChildOptions options;
  options.program = fakes::daemon_under_test();
  options.arguments = {"serve", "-f", folder.write("c.yaml", one_worker().yaml())};
  options.listen_fds = {listener.get()};
  options.environment["LISTEN_FDNAMES"] = "web.socket";
  ChildProcess daemon(options);
  EXPECT_EQ(daemon.wait_for_exit(), 1);
  EXPECT_THAT(daemon.err_text(), HasSubstr(local_endpoint(listener.get()) + " (web.socket)"));
}

TEST(InheritedSockets, come_from_server_starter_too) {
  const auto listener = listen_on("127.0.0.1:0");
  const auto address = local_endpoint(listener.get());
  auto config = one_worker();
  config.listen_only(address);
  const auto daemon = start_daemon(config, [&](ChildOptions& options) {
    options.listen_fds = {listener.get()};
    options.arguments.insert(
        options.arguments.begin(),
        {"-c", "unset LISTEN_FDS LISTEN_PID; exec \"$0\" \"$@\"", options.program});
    options.program = "/bin/sh";
    options.environment["SERVER_STARTER_PORT"] = address + "=3";
  });
  EXPECT_EQ(RawClient(address).get("no.label", "/hc").status, 200);
}

TEST(InheritedSockets, the_admin_endpoint_takes_its_own) {
  const auto listener = listen_on("127.0.0.1:0");
  const auto address = local_endpoint(listener.get());
  auto config = one_worker();
  config.with_admin(address);
  const auto daemon =
      start_daemon(config, [&](ChildOptions& options) { options.listen_fds = {listener.get()}; });
  EXPECT_EQ(daemon->admin_address(), address);
  EXPECT_EQ(RawClient(address).get("x", "/healthz").status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
