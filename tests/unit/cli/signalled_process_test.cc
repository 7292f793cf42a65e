#include "ccnproxy/cli/signalled_process.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "fakes/child_process.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::cli {
namespace {

using ::testing::HasSubstr;

/// A program that waits to be ended. It has its own name once it has said a line: before, it is
/// this one's, whose copy it begins as.
fakes::ChildOptions sleeper() {
  fakes::ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", "echo begun; exec sleep 1000"};
  return options;
}

TEST(SignalledProcess, F102_one_that_has_ended_is_told_as_such) {
  fakes::ChildProcess child(sleeper());
  EXPECT_FALSE(SignalledProcess(child.pid()).has_ended());
  child.signal(SIGKILL);
  child.wait_for_exit();
  const SignalledProcess process(child.pid());
  EXPECT_TRUE(process.has_ended());
  EXPECT_EQ(process.send(SIGHUP), "there is no process " + std::to_string(child.pid()));
}

// SIGHUP ends most programs: an old pid file must not end another's.
TEST(SignalledProcess, F102_another_program_gets_no_signal) {
  fakes::ChildProcess child(sleeper());
  child.wait_for_out_lines(1);
  EXPECT_THAT(SignalledProcess(child.pid()).send(SIGHUP),
              HasSubstr("`, not ccnproxy; if the daemon is in a container"));
  EXPECT_TRUE(child.running());
  child.signal(SIGKILL);
  child.wait_for_exit();
}

TEST(SignalledProcess, F102_the_same_program_gets_it_under_any_name) {
  static volatile std::sig_atomic_t got = 0;
  const auto before = std::signal(SIGHUP, [](int number) { got = number; });
  EXPECT_EQ(SignalledProcess(::getpid()).send(SIGHUP), "");
  std::signal(SIGHUP, before);
  EXPECT_EQ(got, SIGHUP);
}

TEST(ReadPidFile, F102_is_the_number_in_its_first_line) {
  const fakes::TempDir folder;
  EXPECT_EQ(read_pid_file(folder.write("pid", "812\n")), 812);
  EXPECT_EQ(read_pid_file(folder.path() + "/absent"), 0);
  EXPECT_EQ(read_pid_file(""), 0);
  for (const char* text : {"", "\n", "x\n", "0\n", "-1\n", "812 \n", "99999999999\n"})
    EXPECT_EQ(read_pid_file(folder.write("pid", text)), 0) << text;
}

}  // namespace
}  // namespace ccnproxy::cli
