// The manual of DaemonProcess and DaemonConfig. Shell scripts stand in for the daemon.
#include "fakes/daemon_process.h"

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fakes/endpoint.h"
#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Makes the process run this shell text instead; $0 is the configuration file.
auto shell(const std::string& text) {
  return [text](ChildOptions& options) {
    options.arguments = {"-c", text, options.arguments.back()};
  };
}

// `read` from a pipe that never ends is a wait that a trapped signal ends at once.
const std::string wait_for_signal = "trap 'exit 3' TERM; mkfifo $0.pipe; read line <>$0.pipe; ";

TEST(DaemonConfig, writes_nested_keys_and_overrides) {
  DaemonConfig config;
  config.listen("unix:/run/x").with_admin().set("timeouts.dns", "2s").set("timeouts.connect", "1s");
  config.set("tls.alpn", "[http/1.1]");
  config.origin("api.test", "127.0.0.1:1", "/ca.pem", {"pool: {max_connections: 1}"});
  EXPECT_EQ(config.yaml(),
            "listeners:\n  - address: \"127.0.0.1:0\"\n  - address: \"unix:/run/x\"\n"
            "admin:\n  address: \"127.0.0.1:0\"\n  hosts: [admin, x]\n"
            "pool:\n  min_ready: 0\n  ping: off\n"
            "origins:\n  deny_addresses: []\n"
            "log:\n  access:\n    to: stdout\n    format: json\n"
            "timeouts:\n  dns: 2s\n  connect: 1s\n"
            "tls:\n  alpn: [http/1.1]\n"
            "overrides:\n  - match: \"api.test\"\n    connect_to: \"127.0.0.1:1\"\n"
            "    tls: {ca_file: \"/ca.pem\"}\n    pool: {max_connections: 1}\n");
}

TEST(DaemonProcess, learns_addresses_and_collects_both_outputs) {
  DaemonConfig config;
  config.listen("127.0.0.1:0").with_admin();
  DaemonProcess daemon("/bin/sh", config,
                       shell("echo '[info] admin listening on 127.0.0.1:3' >&2;"
                             "echo '[info] listening on 127.0.0.1:1' >&2;"
                             "echo '[info] listening on unix:/s, mode 0600' >&2;"
                             "echo '{\"status\":200}'; echo '{\"status\":502}'; cat $0;" +
                             wait_for_signal));
  EXPECT_THAT(daemon.addresses(), ElementsAre("127.0.0.1:1", "unix:/s"));
  EXPECT_EQ(daemon.admin_address(), "127.0.0.1:3");
  const auto records = daemon.wait_for_access_records(3);
  EXPECT_EQ(records[1], "{\"status\":502}");
  EXPECT_EQ(records[2], "listeners:");  // `cat` shows that it got the configuration
  EXPECT_THAT(daemon.wait_for_log("unix:"), HasSubstr("[info]"));
}

TEST(DaemonProcess, signals_and_waits_for_the_exit_code) {
  const std::string ready = "trap 'echo reloaded >&2' HUP; echo listening on 127.0.0.1:1 >&2; ";
  DaemonProcess daemon("/bin/sh", {},
                       shell("trap 'echo done; exit 3' TERM; " + ready +
                             // A shell that has begun to wait for input is not woken by a signal
                             // that came just before.
                             "echo waiting >&2; while :; do sleep 0.02; done"));
  daemon.wait_for_log("waiting");
  EXPECT_TRUE(daemon.process().running());
  EXPECT_GT(daemon.process().rss_kib(), 0U);
  EXPECT_GE(daemon.process().open_descriptors(), 3U);
  EXPECT_EQ(daemon.process().threads(), 1U);
  daemon.reload("workers: 1\n");
  daemon.wait_for_log("reloaded");
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait_for_exit(), 3);
  EXPECT_THAT(daemon.wait_for_access_records(1), ElementsAre("done"));
  EXPECT_FALSE(daemon.process().running());
  EXPECT_EQ(daemon.process().rss_kib(), 0U);
}

TEST(DaemonProcess, a_daemon_that_does_not_start_fails_at_once_with_its_log) {
  try {
    DaemonProcess daemon("/bin/sh", {}, shell("echo 'FILE:1:1: bad key' >&2; exit 1"));
    FAIL() << "it never listened";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("bad key"));
  }
}

TEST(ChildProcess, counts_a_signal_as_shells_do) {
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", "kill -9 $$"};
  ChildProcess child(options);
  EXPECT_EQ(child.wait_for_exit(), 128 + SIGKILL);
}

// Linux counts pages by approximation: a peak asked for a moment later may be a page below what was
// said to be in use. So the two differ by more here.
TEST(ChildProcess, tells_memory_now_and_at_most) {
  constexpr std::size_t held_kib = 8'000'000 / 1024;
  const TempDir folder;
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c",
                       "x=$(printf '%08000000d' 0); x=; echo freed >&2; mkfifo $0; read line <>$0",
                       folder.path() + "/never"};
  ChildProcess child(options);
  child.wait_for_err_line("freed");
  const auto now = child.rss_kib();
  EXPECT_GT(now, 0U);
  EXPECT_LT(now, held_kib);
  EXPECT_GT(child.peak_rss_kib(), held_kib);
}

TEST(ChildProcess, hands_over_listening_sockets_as_systemd_does) {
  const Descriptor listener = listen_on("127.0.0.1:0");
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {
      "-c", "echo $LISTEN_FDS; [ $LISTEN_PID = $$ ] && echo mine; readlink /proc/$$/fd/3"};
  options.listen_fds = {listener.get()};
  ChildProcess child(options);
  const auto lines = child.wait_for_out_lines(3);
  EXPECT_EQ(lines[0], "1");
  EXPECT_EQ(lines[1], "mine");
  EXPECT_THAT(lines[2], HasSubstr("socket:"));
  EXPECT_EQ(child.wait_for_exit(), 0);
}

TEST(ChildProcess, F105_can_leave_standard_output_unread) {
  const TempDir folder;
  const std::string go = folder.path() + "/go";
  ASSERT_EQ(::mkfifo(go.c_str(), 0600), 0);
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c",
                       "read go <$0; i=0; while [ $i -lt 3000 ]; do "
                       "echo $i-0123456789012345678901234567890123456789; i=$((i+1)); done; "
                       "echo written >&2",
                       go};
  ChildProcess child(options);
  child.pause_out(true);
  std::ofstream(go) << "go\n";  // opens once the child reads
  EXPECT_THROW(child.wait_for_err_line("written", 0, Patience(200)), Failure);  // the pipe is full
  child.pause_out(false);
  child.wait_for_err_line("written");
  EXPECT_EQ(child.wait_for_out_lines(3000).back().substr(0, 5), "2999-");
  EXPECT_EQ(child.wait_for_exit(), 0);
}

}  // namespace
}  // namespace ccnproxy::fakes
