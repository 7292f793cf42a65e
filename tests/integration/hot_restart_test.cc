// SIGUSR2: the next process on the same sockets, ready before this one goes.
#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "access_line.h"
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// A daemon on a socket of the test's (whose port is known before), an origin behind it.
class HotRestart : public ::testing::TestWithParam<std::string> {
 protected:
  HotRestart() : origin_(origin_speaking("h2"), Service(standard_answers)) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // the next processes become our children
    config_.set("workers", GetParam()).set("timeouts.drain", "10s").set("pool.min_ready", "1");
    config_.listen_only(address_).origin("*.test", origin_.endpoint(), pki().ca_file());
    daemon_ = start_daemon(
        config_, [this](ChildOptions& options) { options.listen_fds = {listener_.get()}; });
    current_ = daemon_->process().pid();
  }
  ~HotRestart() override {
    if (current_ == daemon_->process().pid()) return;
    ::kill(current_, SIGTERM);
    ::waitpid(current_, nullptr, 0);
  }
  /// Returns once the next process has taken over and the one before has ended.
  void restart() {
    const auto before = current_;
    const auto line = next_log("process ", " is ready", [&] { ::kill(before, SIGUSR2); });
    const auto at = line.find("process ") + 8;
    current_ = static_cast<pid_t>(std::stol(line.substr(at)));
    if (before == daemon_->process().pid()) {
      EXPECT_EQ(daemon_->wait_for_exit(), 0);
    } else {
      int status = -1;
      EXPECT_EQ(::waitpid(before, &status, 0), before);
      EXPECT_EQ(status, 0);
    }
  }
  /// The first line that has both and was not there before. The processes share one log.
  template <class Act>
  std::string next_log(const std::string& first, const std::string& second, Act act) {
    const auto before = daemon_->log().size();
    act();
    for (const Deadline deadline;;) {
      const auto log = daemon_->log().substr(before);
      for (std::size_t at = 0; at < log.size();) {
        const auto end = log.find('\n', at);
        if (end == log.npos) break;
        const auto line = log.substr(at, end - at);
        if (line.find(first) != line.npos && line.find(second) != line.npos) return line;
        at = end + 1;
      }
      if (deadline.passed()) throw Failure("no log line with " + first + "…" + second);
      std::this_thread::yield();
    }
  }

  Descriptor listener_ = listen_on("127.0.0.1:0");
  std::string address_ = local_endpoint(listener_.get());
  ScriptedOrigin origin_;
  DaemonConfig config_;
  std::unique_ptr<DaemonProcess> daemon_;
  pid_t current_ = -1;
};
INSTANTIATE_TEST_SUITE_P(Workers, HotRestart, ::testing::Values("1", "3"));

TEST_P(HotRestart, F099_F101_loses_no_request_and_finds_its_origins_ready) {
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
  std::atomic<bool> ending{false};
  std::vector<std::string> faults;
  std::thread load([&] {
    while (!ending) {
      try {
        const auto response = RawClient(address_).get(host);
        if (!response.complete() || response.status != 200)
          faults.push_back("status " + std::to_string(response.status));
      } catch (const Failure& failure) {
        faults.emplace_back(failure.what());
      }
    }
  });
  const auto restarts = [&] {
    for (int i = 0; i < 3; ++i) restart();
  };
  EXPECT_NO_THROW(restarts()) << daemon_->log();
  ending = true;
  load.join();
  EXPECT_EQ(faults, std::vector<std::string>());
  // All but the very first request of all found a connection, also those after each restart.
  std::size_t dialed = 0;
  for (const auto& line : daemon_->access_records())
    dialed += AccessLine(line).get("found") == "dialed" ? 1 : 0;
  EXPECT_EQ(dialed, 1U);
}

TEST_P(HotRestart, F102_a_successor_that_does_not_start_changes_nothing) {
  std::ofstream(daemon_->config_file()) << "workers: none\n";
  daemon_->signal(SIGUSR2);
  EXPECT_THAT(daemon_->wait_for_log("no next process"), HasSubstr("it ended before it was ready"));
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
  daemon_->signal(SIGTERM);
  EXPECT_EQ(daemon_->wait_for_exit(), 0);
}

}  // namespace
}  // namespace ccnproxy::integration
