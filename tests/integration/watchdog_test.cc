// The pings that tell the service manager that every worker lives.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/ptrace.h>
#include <sys/wait.h>

#include "client_fixture.h"
#include "notify_socket.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// The thread of the daemon's worker.
pid_t worker_thread(pid_t process) {
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::ifstream file(entry.path() / "comm");
    std::string name;
    std::getline(file, name);
    if (name == "ccnproxy-worker") return std::stoi(entry.path().filename());
  }
  throw Failure("the daemon has no worker");
}

/// One thread of another process that does not get on, while all others do.
class HangingThread {
 public:
  explicit HangingThread(pid_t thread) : thread_(thread) {
    if (::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) != 0) throw Failure("no ptrace here");
    ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr);
    ::waitpid(thread_, nullptr, __WALL);
  }
  ~HangingThread() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }
  HangingThread(const HangingThread&) = delete;
  HangingThread& operator=(const HangingThread&) = delete;

 private:
  pid_t thread_;
};

struct WatchedDaemon {
  NotifySocket manager;
  OneOrigin proxy{"plain", Service(standard_answers), {}, [this](ChildOptions& options) {
                    options.environment["NOTIFY_SOCKET"] = manager.path();
                    options.environment["WATCHDOG_USEC"] = "100000";
                  }};

  /// The next message that contains this.
  std::string await_message(const std::string& text) {
    for (const Deadline deadline; !deadline.passed();) {
      const auto message = manager.receive(deadline);
      if (message.find(text) != std::string::npos) return message;
    }
    throw Failure("awaited a message with " + text);
  }
};

TEST(Watchdog, pings_come_with_how_it_is) {
  WatchedDaemon daemon;
  daemon.await_message("READY=1");
  RawClient client = daemon.proxy.connect();
  EXPECT_EQ(client.get(daemon.proxy.label_host).status, 200);
  EXPECT_THAT(daemon.await_message("clients: 1"), HasSubstr("WATCHDOG=1\nSTATUS=serving"));
}

TEST(Watchdog, a_worker_that_hangs_ends_the_pings_and_is_named) {
  WatchedDaemon daemon;
  daemon.await_message("WATCHDOG=1");
  {
    const HangingThread worker(worker_thread(daemon.proxy.daemon->process().pid()));
    daemon.await_message("STATUS=worker 0 does not answer");
    for (int i = 0; i < 3; ++i) EXPECT_THAT(daemon.manager.receive(), HasSubstr("worker 0"));
  }
  daemon.await_message("WATCHDOG=1");
}

TEST(Watchdog, pings_go_on_while_it_drains) {
  const auto hold = std::make_shared<Latch>();
  NotifySocket manager;
  OneOrigin proxy(
      "h2", Service([&](const Request&) { return Response{.held_by = hold}; }),
      [](DaemonConfig& config) { config.set("timeouts.drain", "1h"); },
      [&](ChildOptions& options) {
        options.environment["NOTIFY_SOCKET"] = manager.path();
        options.environment["WATCHDOG_USEC"] = "100000";
      });
  RawClient client = proxy.connect();
  client.send(head("GET / HTTP/1.1", proxy.label_host));
  proxy.origin.wait_for_requests(1);
  proxy.daemon->signal(SIGTERM);
  while (manager.receive().find("STOPPING=1") == std::string::npos) {
  }
  EXPECT_THAT(manager.receive(), HasSubstr("WATCHDOG=1\nSTATUS=draining, clients left: 1"));
  hold->open();
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
}

}  // namespace
}  // namespace ccnproxy::integration
