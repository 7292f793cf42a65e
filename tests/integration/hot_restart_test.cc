// SIGUSR2: the next process on the same sockets, ready before this one goes.
#include <csignal>
#include <fstream>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "access_line.h"
#include "fakes/new_clients.h"
#include "kept_listener.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

class HotRestart : public KeptListener {
 protected:
  HotRestart() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // the next processes become our children
    config_.set("pool.min_ready", "1");
  }
  ~HotRestart() override {
    if (current_ < 0 || current_ == daemon_->process().pid()) return;  // ends with its owner
    ::kill(current_, SIGTERM);
    ::waitpid(current_, nullptr, 0);
  }
  void begin(const std::vector<int>& more = {}) {
    start(more);
    current_ = daemon_->process().pid();
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

  pid_t current_ = -1;
};
INSTANTIATE_TEST_SUITE_P(Workers, HotRestart, ::testing::Values("1", "3"));

TEST_P(HotRestart, F099_F101_loses_no_request_and_finds_its_origins_ready) {
  begin();
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
  NewClients clients(address_, host);
  const auto restarts = [&] {
    for (int i = 0; i < 3; ++i) restart();
  };
  EXPECT_NO_THROW(restarts()) << daemon_->log();
  EXPECT_THAT(clients.end(), ::testing::IsEmpty());
  // All but the very first request of all found a connection, also those after each restart.
  std::size_t dialed = 0;
  for (const auto& line : daemon_->access_records())
    dialed += AccessLine(line).get("found") == "dialed" ? 1 : 0;
  EXPECT_EQ(dialed, 1U);
}

TEST_P(HotRestart, F102_a_successor_that_does_not_start_changes_nothing) {
  begin();
  std::ofstream(daemon_->config_file()) << "workers: none\n";
  daemon_->signal(SIGUSR2);
  EXPECT_THAT(daemon_->wait_for_log("no next process"), HasSubstr("it ended before it was ready"));
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
  daemon_->signal(SIGTERM);
  EXPECT_EQ(daemon_->wait_for_exit(), 0);
}

TEST_P(HotRestart, F099_a_listener_that_was_taken_out_is_let_go_and_the_restart_goes_on) {
  auto removed = listen_on("127.0.0.1:0");
  const auto gone = local_endpoint(removed.get());
  const auto kept_only = config_.yaml();
  config_.listen(gone);
  begin({removed.get()});
  removed.reset();  // nobody but the daemon has it now
  EXPECT_EQ(RawClient(gone).get(host).status, 200);
  RawClient connected(gone);
  EXPECT_EQ(connected.get(host).status, 200);
  NewClients clients(address_, host);

  std::ofstream(daemon_->config_file()) << kept_only;
  restart();
  EXPECT_THAT(daemon_->wait_for_log("no listener of the configuration has " + gone),
              HasSubstr("is not taken over"));
  EXPECT_THROW(RawClient{gone}, Failure) << "refused, and not left waiting";
  EXPECT_EQ(connected.read_to_end(), "") << "as any client of the process before";
  clients.wait_for(clients.served() + 5);
  EXPECT_THAT(clients.end(), ::testing::IsEmpty());

  const auto restart_again = [&] { restart(); };
  EXPECT_NO_THROW(restart_again()) << "with what the second process has, too\n" << daemon_->log();
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
}

TEST_P(HotRestart, F102_a_port_of_chance_can_not_be_handed_over_and_nothing_changes) {
  config_.listen("127.0.0.1:0");
  begin();
  daemon_->signal(SIGUSR2);
  daemon_->wait_for_log("an inherited socket has an address that no listener");
  daemon_->wait_for_log("no next process");
  EXPECT_EQ(RawClient(daemon_->address(1)).get(host).status, 200);
  EXPECT_EQ(RawClient(address_).get(host).status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
