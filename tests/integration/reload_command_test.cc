// `ccnproxy reload` as a person at a shell, or systemd, meets it: of a real daemon, and of what
// else may be behind an admin endpoint.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/daemon_under_test.h"
#include "fakes/latch.h"
#include "fakes/temp_dir.h"
#include "integration/proxy_fixture.h"
#include "integration/shell.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ReloadCommand : public ::testing::Test {
 protected:
  /// Its configuration is the one that `reload` reads, too: the endpoint has a socket for that.
  DaemonProcess& start() {
    config.with_admin("unix:" + folder.path() + "/admin.sock");
    daemon_.emplace(fakes::daemon_under_test(), config);
    daemon_->wait_for_log("is serving with");  // its pid file comes after it listens
    return *daemon_;
  }
  void write(const DaemonConfig& changed) const { write(changed.yaml()); }
  void write(const std::string& yaml) const {
    std::ofstream(daemon_->config_file(), std::ios::trunc) << yaml;
  }
  Outcome reload(const std::vector<std::string>& more = {}) const {
    return reload_by(daemon_->config_file(), more);
  }
  static Outcome reload_by(const std::string& file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"reload", "-f", file};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  /// A file with nothing but the place of the endpoint.
  std::string pointing_to(const std::string& admin, const std::string& more = "") const {
    return folder.write("other.yaml", "admin: {address: \"" + admin + "\"}\n" + more);
  }
  /// With the process id found, and with it given.
  std::vector<std::vector<std::string>> ways() { return {{}, {"--pid", process()}}; }
  std::string process() { return std::to_string(daemon_->process().pid()); }

  TempDir folder;
  DaemonConfig config = one_worker();
  std::optional<DaemonProcess> daemon_;
};

TEST_F(ReloadCommand, F102_a_good_file_is_in_force_when_it_ends_with_0) {
  start();
  for (const std::string age : {"30m", "20m", "10m"}) {
    write(config.set("pool.max_age", age));
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out,
              "in force: process " + process() + " goes by the configuration as it is now\n");
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(daemon_->log(), HasSubstr("-> " + age + "\n"));
  }
}

TEST_F(ReloadCommand, F102_over_tcp_and_by_process_id_as_well) {
  config.with_admin();
  daemon_.emplace(fakes::daemon_under_test(), config);
  const auto file = pointing_to(daemon_->admin_address());
  EXPECT_EQ(reload_by(file).code, 0);
  EXPECT_EQ(reload_by(file, {"--pid", process()}).code, 0);
  EXPECT_THAT(daemon_->wait_for_log("SIGHUP: in force", 1), HasSubstr("info"));
}

TEST_F(ReloadCommand, F102_what_waits_for_the_next_start_is_named) {
  start();
  write(config.set("workers", "2"));
  const Outcome outcome = reload();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err,
            "warning: workers: 1 -> 2 holds from the next start on (restart or SIGUSR2)\n");
}

TEST_F(ReloadCommand, F102_a_bad_file_is_told_at_its_place_and_not_sent) {
  start();
  write(config.yaml() + "wrokers: 2\n");
  const Outcome outcome = reload();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, StartsWith(daemon_->config_file() + ":"));
  EXPECT_THAT(outcome.err, HasSubstr(":1: unknown key `wrokers`; did you mean `workers`?\n"));
  EXPECT_THAT(outcome.err, HasSubstr("\nccnproxy reload: the daemon goes on with what it has\n"));
  EXPECT_EQ(outcome.out, "");
  write(config);
  EXPECT_EQ(reload().code, 0);
  EXPECT_THAT(daemon_->log(), Not(HasSubstr("wrokers")));
}

// As systemd has it: its log and its metrics show it later, too.
TEST_F(ReloadCommand, F102_the_given_process_finds_a_mistake_as_well) {
  start();
  daemon_->wait_for_log(" ready");
  write(config.yaml() + "wrokers: 2\n");
  const Outcome outcome = reload({"--pid", process()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(": unknown key `wrokers`"));
  EXPECT_THAT(daemon_->wait_for_log("SIGHUP: " + daemon_->config_file()),
              HasSubstr(": unknown key `wrokers`"));
}

// Here the command has another file than the daemon, as where it may read what the daemon may not.
TEST_F(ReloadCommand, F102_what_only_the_daemon_finds_wrong_is_told_line_by_line) {
  start();
  write(config.yaml() + "wrokers: 2\nnope: 1\n");
  const auto file = pointing_to(daemon_->admin_address());
  const Outcome outcome = reload_by(file);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, StartsWith(daemon_->config_file() + ":"));
  EXPECT_THAT(outcome.err, HasSubstr(": unknown key `wrokers`; did you mean `workers`?\n"));
  EXPECT_THAT(outcome.err, HasSubstr(": unknown key `nope`\n"));
  EXPECT_THAT(outcome.err, HasSubstr("\nccnproxy reload: process " + process() +
                                     " does not go by this configuration\n"));
  EXPECT_EQ(outcome.out, "");
  write(config);
  const Outcome better = reload_by(file);
  EXPECT_EQ(better.code, 0) << better.err;
  EXPECT_EQ(better.err, "") << "nothing of the one before";
}

TEST_F(ReloadCommand, F102_a_process_that_is_gone_ends_with_1) {
  config.set("pid_file", folder.path() + "/pid");
  start();
  daemon_->signal(SIGKILL);
  daemon_->wait_for_exit();
  const auto gone = "there is no process " + process();
  for (const auto& more : ways()) {
    const Outcome outcome = reload(more);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("ccnproxy reload: " + gone));
  }
  std::filesystem::remove(folder.path() + "/pid");
  const Outcome outcome = reload();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no daemon has its admin endpoint at "));
  EXPECT_THAT(outcome.err, HasSubstr("--pid says which process it is\n"));
}

TEST_F(ReloadCommand, F102_a_process_that_drains_takes_none) {
  const auto latch = std::make_shared<Latch>();
  Service service([latch](const Request&) { return Response{.held_by = latch}; });
  ScriptedOrigin origin(speaking({"h2"}), service);
  config.origin("*.test", origin.endpoint(), pki().ca_file()).set("timeouts.drain", "1h");
  start();
  RawClient client(daemon_->address());
  client.send(get_request());
  origin.wait_for_requests(1);
  daemon_->signal(SIGTERM);
  daemon_->wait_for_log("SIGTERM: draining");
  const Outcome outcome = reload();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("process " + process() + " is draining"));
  latch->open();
  EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(ReloadCommand, F102_another_process_than_the_given_one_gets_no_signal) {
  start();
  const Outcome outcome = reload({"--pid", std::to_string(::getpid())});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(" is that of process " + process() + ", not of "));
  EXPECT_THAT(daemon_->log(), Not(HasSubstr("SIGHUP")));
}

// What a signal can do is done; that it is not known what came of it is said.
TEST_F(ReloadCommand, F102_without_an_endpoint_the_signal_is_sent_and_the_code_is_0) {
  config.set("pid_file", folder.path() + "/pid").set("admin.address", "none");
  daemon_.emplace(fakes::daemon_under_test(), config);
  daemon_->wait_for_log(" ready");
  std::size_t reloads = 0;
  for (const auto& more : ways()) {
    const Outcome outcome = reload(more);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, "ccnproxy reload: admin.address is `none`; process " + process() +
                               " was sent SIGHUP, and its log alone says whether the "
                               "configuration is in force\n");
    EXPECT_EQ(outcome.out, "");
    daemon_->wait_for_log("SIGHUP: in force", reloads++);
  }
}

TEST_F(ReloadCommand, F102_without_an_endpoint_and_a_process_id_there_is_nothing_to_be_done) {
  const Outcome outcome = reload_by(pointing_to("none"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "ccnproxy reload: admin.address is `none`; `pid_file` is not set; --pid says which "
            "process it is\n");
}

OriginOptions plain() {
  OriginOptions options;
  options.tls = false;
  return options;
}

TEST_F(ReloadCommand, F102_a_daemon_before_this_command_is_sent_the_signal) {
  Service nothing([](const Request&) { return Response{.status = 404}; });
  ScriptedOrigin admin(plain(), nothing);
  daemon_.emplace(fakes::daemon_under_test(), config);
  daemon_->wait_for_log(" ready");
  const Outcome outcome = reload_by(pointing_to(admin.endpoint()), {"--pid", process()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("is of a version that does not tell of reloads; process " +
                                     process() + " was sent SIGHUP"));
  daemon_->wait_for_log("SIGHUP: in force");
}

TEST_F(ReloadCommand, F102_an_endpoint_that_should_tell_and_does_not_is_a_failure) {
  Service web([](const Request&) { return Response{.body = "<html>"}; });
  ScriptedOrigin admin(plain(), web);
  daemon_.emplace(fakes::daemon_under_test(), config);
  daemon_->wait_for_log(" ready");
  const Outcome outcome = reload_by(pointing_to(admin.endpoint()), {"--pid", process()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("answered 200 and nothing of reloads: is it ccnproxy's?"));
  daemon_->wait_for_log("SIGHUP: in force");
}

// The endpoint of a daemon in a container has the process id of that container.
TEST_F(ReloadCommand, F102_a_process_that_is_no_ccnproxy_gets_no_signal) {
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", "echo begun; exec sleep 1000"};
  ChildProcess sleeper(options);
  sleeper.wait_for_out_lines(1);  // before, it is a copy of this program
  const auto body = "{\"pid\":" + std::to_string(sleeper.pid()) + ",\"reloads\":0}";
  Service service([body](const Request&) { return Response{.body = body}; });
  ScriptedOrigin admin(plain(), service);
  const Outcome outcome = reload_by(pointing_to(admin.endpoint()));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("`, not ccnproxy"));
  EXPECT_TRUE(sleeper.running());
  sleeper.signal(SIGKILL);
  sleeper.wait_for_exit();
}

TEST_F(ReloadCommand, F102_a_process_that_ends_instead_is_told_as_such) {
  daemon_.emplace(fakes::daemon_under_test(), config);
  daemon_->wait_for_log(" ready");
  const auto body = "{\"pid\":" + process() + ",\"reloads\":0}";
  std::atomic<int> asked = 0;
  Service service([&](const Request&) {
    if (++asked == 2) {
      daemon_->signal(SIGKILL);
      daemon_->wait_for_exit();
    }
    return Response{.body = body};
  });
  ScriptedOrigin admin(plain(), service);
  const Outcome outcome = reload_by(pointing_to(admin.endpoint()));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("process " + process() + " has ended; its log says why"));
}

}  // namespace
}  // namespace ccnproxy::integration
