#include "ccnproxy/observe/process_log.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/observe/stream_pipe.h"

namespace ccnproxy::observe {
namespace {

std::shared_ptr<spdlog::logger> log_to(StreamPipe& pipe, const std::string& level = "info") {
  config::Log settings;
  settings.level = level;
  return pipe.standing_in_for(STDERR_FILENO, [&] { return make_process_log(settings); });
}

/// A line after its time, or "" if it does not start with one (as of RFC 3339, in microseconds).
std::string without_time(const std::string& line) {
  constexpr std::string_view shape = "0000-00-00T00:00:00.000000Z ";
  std::string start = line.substr(0, shape.size());
  for (char& c : start) c = c >= '0' && c <= '9' ? '0' : c;
  return start == shape ? line.substr(shape.size()) : std::string();
}

TEST(ProcessLog, writes_time_level_and_text) {
  StreamPipe pipe;
  auto log = log_to(pipe);
  log->warn("origin {} went away", "https://api.example.com");
  log.reset();
  const auto text = pipe.read_to_end();
  EXPECT_EQ(without_time(text), "warning origin https://api.example.com went away\n") << text;
}

/// The lines of a process that was told that its stderr is this stream of the journal.
std::vector<std::string> lines_with_journal(const std::function<std::string(int fd)>& stream) {
  config::Log settings;
  settings.level = "trace";
  StreamPipe pipe;
  const auto make = [&] {
    ::setenv("JOURNAL_STREAM", stream(STDERR_FILENO).c_str(), 1);
    auto log = make_process_log(settings);
    ::unsetenv("JOURNAL_STREAM");
    return log;
  };
  auto log = pipe.standing_in_for(STDERR_FILENO, make);
  for (const auto level : {spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                           spdlog::level::warn, spdlog::level::err, spdlog::level::critical})
    log->log(level, "text");
  log.reset();
  return lines_of(pipe.read_to_end());
}

std::string device_and_inode(int fd) {
  struct stat info {};
  EXPECT_EQ(::fstat(fd, &info), 0);
  return std::to_string(info.st_dev) + ':' + std::to_string(info.st_ino);
}

TEST(ProcessLog, the_journal_is_told_the_priority_of_each_line) {
  const auto lines = lines_with_journal(device_and_inode);
  const std::vector<std::string> expected = {"<7>trace text", "<7>debug text",
                                             "<6>info text",  "<4>warning text",
                                             "<3>error text", "<2>critical text"};
  ASSERT_EQ(lines.size(), expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_EQ(lines[i].substr(0, 3) + without_time(lines[i].substr(3)), expected[i]);
}

TEST(ProcessLog, anything_but_the_journal_gets_no_priorities) {
  const std::function<std::string(int)> others[] = {
      [](int) { return std::string(); },
      [](int) { return std::string("0:0"); },
      [](int fd) { return device_and_inode(fd) + "0"; },
      [](int fd) { return device_and_inode(fd).substr(1); },
      [](int fd) { return " " + device_and_inode(fd); },
  };
  for (const auto& other : others) {
    const auto lines = lines_with_journal(other);
    ASSERT_EQ(lines.size(), 6U);
    EXPECT_EQ(without_time(lines[3]), "warning text") << lines[3];
  }
}

TEST(ProcessLog, writes_from_the_level_that_is_set) {
  StreamPipe pipe;
  auto log = log_to(pipe, "error");
  log->warn("quiet");
  log->error("loud");
  log.reset();
  const auto text = pipe.read_to_end();
  EXPECT_EQ(text.find("quiet"), std::string::npos) << text;
  EXPECT_NE(text.find("loud"), std::string::npos) << text;
}

TEST(ProcessLog, can_be_off_but_not_at_a_level_that_is_none) {
  StreamPipe pipe;
  auto log = log_to(pipe, "off");
  log->critical("nothing");
  log.reset();
  EXPECT_EQ(pipe.read_to_end(), "");

  config::Log settings;
  settings.level = "loud";
  EXPECT_THROW(make_process_log(settings), std::invalid_argument);
}

TEST(ProcessLog, F104_a_text_stays_on_its_line) {
  StreamPipe pipe;
  auto log = log_to(pipe);
  log->info("{}", "bad\n2026-11-03T07:08:09.000000Z info forged\x1b[2J");
  log.reset();
  const auto lines = lines_of(pipe.read_to_end());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(without_time(lines[0]),
            R"(info bad\n2026-11-03T07:08:09.000000Z info forged\u001b[2J)");
}

TEST(ProcessLog, F105_a_stderr_that_nobody_reads_blocks_nobody) {
  constexpr std::uint64_t count = 30000;
  StreamPipe pipe;
  auto log = log_to(pipe);
  for (std::uint64_t i = 0; i < count; ++i) log->info("line {} of many that nobody reads", i);

  std::string text;
  std::thread reader([&] { text = pipe.read_to_end(); });
  log.reset();
  reader.join();
  std::uint64_t written = 0;
  std::uint64_t told = 0;
  for (const auto& line : lines_of(text)) {
    const bool notice = line.ends_with(" lines of this log were dropped");
    if (notice) told += std::stoull(without_time(line).substr(std::string_view("warning ").size()));
    if (!notice) ++written;
  }
  EXPECT_GT(told, 0u);
  EXPECT_EQ(written + told, count);
}

TEST(ProcessLog, F105_a_stderr_that_nobody_reads_does_not_hold_up_the_end) {
  StreamPipe pipe;
  auto log = log_to(pipe);
  for (int i = 0; i < 10000; ++i) log->info("line {} of many that nobody reads", i);
  log.reset();
  // Returned. The thread lets go of the pipe as soon as somebody reads.
  EXPECT_NE(pipe.read_to_end().find("line 9999"), std::string::npos);
}

TEST(ProcessLog, F105_a_reader_that_is_gone_is_not_fatal) {
  StreamPipe pipe;
  auto log = log_to(pipe);
  pipe.close_reader();
  log->error("nobody hears this");
  EXPECT_NO_THROW(log.reset());
}

}  // namespace
}  // namespace ccnproxy::observe
