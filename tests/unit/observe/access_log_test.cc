#include "ccnproxy/observe/access_log.h"

#include <algorithm>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "ccnproxy/observe/access_format.h"

#include "unit/observe/file_size_limit.h"
#include "unit/observe/sample_record.h"
#include "unit/observe/stream_pipe.h"
#include "unit/observe/temp_folder.h"

namespace ccnproxy::observe {
namespace {

using namespace std::chrono_literals;

constexpr auto patient = std::chrono::milliseconds(30s);

config::AccessLog to(const std::string& where) {
  config::AccessLog settings;
  settings.to = where;
  settings.rotate_every = 0ns;
  return settings;
}

std::unique_ptr<AccessLog> log_to(StreamPipe& pipe, const std::string& where = "stdout",
                                  std::chrono::milliseconds deadline = patient) {
  return pipe.standing_in_for(where == "stdout" ? STDOUT_FILENO : STDERR_FILENO,
                              [&] { return std::make_unique<AccessLog>(to(where), deadline); });
}

std::string json_of(const AccessRecord& record) {
  std::string line;
  append_json(line, record, false);
  return line;
}

/// The number after `key` in a line of JSON.
std::uint64_t number(const std::string& line, const std::string& key) {
  const auto at = line.find('"' + key + "\":");
  return at == std::string::npos ? 0 : std::stoull(line.substr(at + key.size() + 3));
}

bool is_event(const std::string& line, const std::string& name) {
  return line.find(R"("event":")" + name + '"') != std::string::npos;
}

/// What was read of a log: how many records, and how many it says it dropped.
struct Tally {
  explicit Tally(const std::string& text) {
    for (const auto& line : lines_of(text)) {
      const bool event = is_event(line, "access_log_dropped");
      if (event) told += number(line, "count");
      if (!event) ++records;
      if (!line.starts_with(R"({"time":")") || !line.ends_with("}")) ++broken;
    }
  }
  std::uint64_t records = 0;
  std::uint64_t told = 0;
  std::uint64_t broken = 0;
};

class AccessLogStream : public testing::TestWithParam<std::string> {};

TEST_P(AccessLogStream, gets_a_line_for_each_record) {
  StreamPipe pipe;
  auto log = log_to(pipe, GetParam());
  auto& writer = log->make_writer();
  EXPECT_TRUE(writer.enabled());
  writer.write(sample_record());
  writer.write(sample_failure());
  log.reset();
  EXPECT_EQ(pipe.read_to_end(), json_of(sample_record()) + json_of(sample_failure()));
}

INSTANTIATE_TEST_SUITE_P(AccessLog, AccessLogStream, testing::Values("stdout", "stderr"),
                         [](const auto& stream) { return stream.param; });

TEST(AccessLog, writes_without_waiting_for_its_end) {
  const TempFolder folder;
  AccessLog log(to(folder.path()), patient);
  auto& writer = log.make_writer();
  for (std::size_t count = 1; count <= 3; ++count) {
    writer.write(sample_record());
    ASSERT_TRUE(eventually(
        [&] { return lines_of(content_of(folder.path() / "access_log")).size() == count; }));
  }
}

TEST(AccessLog, appends_to_access_log_in_a_folder_which_it_makes) {
  const TempFolder folder;
  const auto path = folder.path() / "a" / "b";
  for (int run = 0; run < 2; ++run) {
    AccessLog log(to(path), patient);
    log.make_writer().write(sample_record());
  }
  EXPECT_EQ(content_of(path / "access_log"), json_of(sample_record()) + json_of(sample_record()));
}

TEST(AccessLog, does_not_start_when_it_can_not_write) {
  const TempFolder folder;
  { std::ofstream(folder.path() / "file"); }
  EXPECT_THROW(AccessLog(to(folder.path() / "file"), patient), std::system_error);
}

TEST(AccessLog, to_none_is_off) {
  AccessLog log(to("none"), patient);
  auto& writer = log.make_writer();
  EXPECT_FALSE(writer.enabled());
  writer.write(sample_record());
  log.reopen();
  EXPECT_EQ(log.dropped(), 0u);
}

TEST(AccessLog, writes_to_a_new_file_after_reopen) {
  const TempFolder folder;
  const auto path = folder.path() / "access_log";
  {
    AccessLog log(to(folder.path()), patient);
    auto& writer = log.make_writer();
    writer.write(sample_record());
    ASSERT_TRUE(eventually([&] { return content_of(path) == json_of(sample_record()); }));
    std::filesystem::rename(path, folder.path() / "rotated");
    log.reopen();
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path); }));
    writer.write(sample_failure());
  }
  EXPECT_EQ(content_of(folder.path() / "rotated"), json_of(sample_record()));
  EXPECT_EQ(content_of(path), json_of(sample_failure()));
}

TEST(AccessLog, keeps_the_old_file_and_says_so_when_reopen_fails) {
  const TempFolder folder;
  const auto before = folder.path() / "before";
  const auto after = folder.path() / "after" / "access_log";
  {
    AccessLog log(to(before), patient);
    std::filesystem::rename(before, after.parent_path());
    log.reopen();
    ASSERT_TRUE(eventually([&] { return !content_of(after).empty(); }));
    log.make_writer().write(sample_record());
  }
  const auto lines = lines_of(content_of(after));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(is_event(lines[0], "access_log_reopen_failed")) << lines[0];
  EXPECT_EQ(lines[1] + '\n', json_of(sample_record()));
}

TEST(AccessLog, F105_a_stdout_that_nobody_reads_stops_no_traffic) {
  constexpr std::uint64_t requests = 100000;
  StreamPipe pipe;
  auto log = log_to(pipe);
  auto& writer = log->make_writer();
  for (std::uint64_t i = 0; i < requests; ++i) writer.write(sample_record());
  EXPECT_GT(log->dropped(), 0u);

  std::string text;
  std::thread reader([&] { text = pipe.read_to_end(); });
  log.reset();
  reader.join();
  const Tally tally(text);
  EXPECT_EQ(tally.records + tally.told, requests);
  EXPECT_GT(tally.told, 0u);
  EXPECT_EQ(tally.broken, 0u);
}

TEST(AccessLog, F105_a_stdout_that_nobody_reads_does_not_hold_up_the_end) {
  StreamPipe pipe;
  auto log = log_to(pipe, "stdout", 10ms);
  auto& writer = log->make_writer();
  while (log->dropped() == 0) writer.write(sample_record());
  log.reset();
  // Returned. The thread lets go of the pipe as soon as somebody reads.
  EXPECT_EQ(Tally(pipe.read_to_end()).broken, 0u);
}

TEST(AccessLog, F105_a_reader_that_is_gone_is_counted_and_not_fatal) {
  StreamPipe pipe;
  auto log = log_to(pipe);
  pipe.close_reader();
  auto& writer = log->make_writer();
  for (int i = 0; i < 3; ++i) writer.write(sample_record());
  EXPECT_TRUE(eventually([&] { return log->dropped() == 3; }));
}

TEST(AccessLog, F105_a_full_disk_is_told_of_when_there_is_room_again) {
  const TempFolder folder;
  {
    AccessLog log(to(folder.path()), patient);
    auto& writer = log.make_writer();
    {
      const FileSizeLimit full(0);
      for (int i = 0; i < 5; ++i) writer.write(sample_record());
      ASSERT_TRUE(eventually([&] { return log.dropped() == 5; }));
    }
    writer.write(sample_failure());
  }
  const auto lines = lines_of(content_of(folder.path() / "access_log"));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0] + '\n', json_of(sample_failure()));
  EXPECT_TRUE(is_event(lines[1], "access_log_dropped")) << lines[1];
  EXPECT_EQ(number(lines[1], "count"), 5u);
}

TEST(AccessLog, F106_has_exactly_one_record_for_each_request_of_all_workers) {
  constexpr std::uint64_t workers = 4;
  constexpr std::uint64_t requests = 5000;
  StreamPipe pipe;
  auto log = log_to(pipe);
  std::string text;
  std::thread reader([&] { text = pipe.read_to_end(); });
  std::vector<std::thread> threads;
  for (std::uint64_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([worker, &writer = log->make_writer()] {
      auto record = sample_record();
      record.retries = static_cast<std::uint32_t>(worker);
      for (record.bytes_in = 1; record.bytes_in <= requests; ++record.bytes_in) {
        writer.write(record);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  log.reset();
  reader.join();

  const Tally tally(text);
  EXPECT_EQ(tally.records + tally.told, workers * requests);
  EXPECT_EQ(tally.broken, 0u);
  std::map<std::uint64_t, std::uint64_t> last;
  for (const auto& line : lines_of(text)) {
    if (is_event(line, "access_log_dropped")) continue;
    auto& previous = last[number(line, "retries")];
    EXPECT_LT(previous, number(line, "bytes_in")) << "each worker's records are in order";
    previous = number(line, "bytes_in");
  }
}

TEST(AccessLog, F108_no_query_unless_asked_for) {
  for (const bool query : {false, true}) {
    const TempFolder folder;
    auto settings = to(folder.path());
    settings.query = query;
    { AccessLog(settings, patient).make_writer().write(sample_record()); }
    const auto text = content_of(folder.path() / "access_log");
    EXPECT_EQ(text.find("canary") != std::string::npos, query) << text;
  }
}

TEST(AccessLog, takes_records_of_any_size) {
  const std::string endless(1 << 20, '\n');
  AccessRecord record = sample_record();
  record.target = record.host = record.client = record.method = record.origin = endless;
  record.address = record.request_id = record.error_detail = record.error = endless;
  const TempFolder folder;
  {
    AccessLog log(to(folder.path()), patient);
    log.make_writer().write(record);
    log.make_writer().write(sample_record());
  }
  const auto lines = lines_of(content_of(folder.path() / "access_log"));
  ASSERT_EQ(lines.size(), 2u);
  const auto whole = json_of(sample_record());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), whole.substr(0, whole.size() - 1)), 1);
}

}  // namespace
}  // namespace ccnproxy::observe
