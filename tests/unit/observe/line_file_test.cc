#include "ccnproxy/observe/line_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "unit/observe/file_size_limit.h"
#include "unit/observe/stream_pipe.h"
#include "unit/observe/temp_folder.h"

namespace ccnproxy::observe {
namespace {

TEST(LineFile, makes_a_file_that_not_everybody_reads) {
  const TempFolder folder;
  const mode_t before = ::umask(0);
  auto file = LineFile::open(folder.path() / "log");
  ::umask(before);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder.path() / "log").permissions(),
            perms::owner_read | perms::owner_write | perms::group_read);
}

TEST(LineFile, appends) {
  const TempFolder folder;
  const auto path = folder.path() / "log";
  EXPECT_EQ(LineFile::open(path).write("one\n"), 0u);
  EXPECT_EQ(LineFile::open(path).write("two\nthree\n"), 0u);
  EXPECT_EQ(content_of(path), "one\ntwo\nthree\n");
}

TEST(LineFile, F159_follows_no_link_where_other_users_may_put_one) {
  const TempFolder folder;
  const auto victim = folder.path() / "victim";
  std::ofstream(victim) << "precious\n";
  std::filesystem::create_directory(folder.path() / "logs");
  std::filesystem::create_symlink(victim, folder.path() / "logs" / "log");
  std::filesystem::permissions(folder.path() / "logs", std::filesystem::perms::all);
  try {
    LineFile::open(folder.path() / "logs" / "log");
    FAIL() << "followed a link";
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code().value(), ELOOP);
    EXPECT_NE(std::string(e.what()).find("a symbolic link, in a folder that other users may write"),
              std::string::npos);
  }
  EXPECT_EQ(content_of(victim), "precious\n");
  std::filesystem::permissions(folder.path() / "logs", std::filesystem::perms::owner_all);
  EXPECT_EQ(LineFile::open(folder.path() / "logs" / "log").write("meant\n"), 0U);
  EXPECT_EQ(content_of(victim), "precious\nmeant\n");
}

TEST(LineFile, says_why_it_can_not_open) {
  const TempFolder folder;
  try {
    LineFile::open(folder.path() / "missing" / "log");
    FAIL() << "opened a file in a folder that is not there";
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code().value(), ENOENT);
    EXPECT_NE(std::string(e.what()).find("missing"), std::string::npos);
  }
  EXPECT_THROW(LineFile::duplicate(-1, "stdout"), std::system_error);
}

TEST(LineFile, F105_counts_the_lines_that_did_not_fit_and_tears_none) {
  const TempFolder folder;
  const auto path = folder.path() / "log";
  auto file = LineFile::open(path);
  {
    const FileSizeLimit full(7);
    EXPECT_EQ(file.write("one\ntwo\nthree\nfour\n"), 2u);  // "two" is begun, so it is not lost
    EXPECT_EQ(content_of(path), "one\ntwo");
    EXPECT_EQ(file.write("five\n"), 1u);
  }
  EXPECT_EQ(file.write("six\n"), 0u);
  EXPECT_EQ(content_of(path), "one\ntwo\nsix\n");
}

TEST(LineFile, F105_finishes_a_torn_line_in_as_many_pieces_as_it_takes) {
  const TempFolder folder;
  const auto path = folder.path() / "log";
  auto file = LineFile::open(path);
  for (rlim_t limit = 1; limit < 6; ++limit) {
    const FileSizeLimit full(limit);
    EXPECT_EQ(file.write(limit == 1 ? "torn!\n" : "lost\n"), limit == 1 ? 0u : 1u);
  }
  EXPECT_EQ(file.write("next\n"), 0u);
  EXPECT_EQ(content_of(path), "torn!\nnext\n");
}

TEST(LineFile, F105_survives_a_reader_that_is_gone) {
  const auto handler = ::signal(SIGPIPE, SIG_IGN);
  StreamPipe pipe;
  auto file = pipe.standing_in_for(STDOUT_FILENO, [] { return LineFile::duplicate(1, "stdout"); });
  pipe.close_reader();
  EXPECT_EQ(file.write("one\ntwo\n"), 2u);
  ::signal(SIGPIPE, handler);
}

TEST(LineFile, waits_for_room_in_a_stream_that_was_made_nonblocking) {
  StreamPipe pipe;
  pipe.make_nonblocking();
  const std::string line = std::string(999, 'x') + '\n';
  std::thread writer([&line, file = pipe.standing_in_for(STDOUT_FILENO, [] {
    return LineFile::duplicate(1, "stdout");
  })]() mutable {
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(file.write(line), 0u);
    const LineFile closed = std::move(file);
  });
  EXPECT_EQ(pipe.read_to_end().size(), 1000 * line.size());
  writer.join();
}

}  // namespace
}  // namespace ccnproxy::observe
