#include "daemon/state_writer.h"

#include <atomic>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

using ::testing::ElementsAre;

/// A disk that takes a file only when it is let.
class Disk {
 public:
  StateWriter::Write writer() {
    return [this](const std::string& path, const std::string& text) {
      threads.push_back(std::this_thread::get_id());
      begun.set_value();
      go.get_future().wait();
      const std::lock_guard lock(mutex);
      written.push_back(path + '=' + text);
      return fault;
    };
  }

  std::promise<void> begun, go;
  std::mutex mutex;
  std::vector<std::string> written;
  std::vector<std::thread::id> threads;
  std::optional<std::string> fault;
};

void run_until(boost::asio::io_context& io, const bool& done) {
  auto work = boost::asio::make_work_guard(io);
  while (!done) io.run_one();
}

TEST(StateWriter, F159_writes_on_a_thread_of_its_own_and_tells_on_the_main_one) {
  boost::asio::io_context io;
  Disk disk;
  disk.go.set_value();
  bool done = false;
  StateWriter writer(io, disk.writer());
  writer.write("/x", "one", [&](const auto& fault) {
    EXPECT_EQ(fault, std::nullopt);
    done = true;
  });
  disk.begun.get_future().wait();
  EXPECT_FALSE(done) << "the main thread goes on";
  run_until(io, done);
  EXPECT_THAT(disk.written, ElementsAre("/x=one"));
  EXPECT_NE(disk.threads.at(0), std::this_thread::get_id());
}

TEST(StateWriter, tells_what_went_wrong) {
  boost::asio::io_context io;
  Disk disk;
  disk.fault = "/x: no space";
  disk.go.set_value();
  bool done = false;
  StateWriter writer(io, disk.writer());
  writer.write("/x", "one", [&](const auto& fault) {
    EXPECT_EQ(fault, "/x: no space");
    done = true;
  });
  run_until(io, done);
}

TEST(StateWriter, F159_one_text_waits_at_most_and_the_last_one_is_written_at_the_end) {
  boost::asio::io_context io;
  std::promise<void> begun, go;
  auto may_go = go.get_future().share();
  std::atomic<int> calls = 0;
  std::vector<std::string> written;
  {
    StateWriter writer(io, [&](const std::string&, const std::string& text) {
      if (calls++ == 0) begun.set_value();
      may_go.wait();
      written.push_back(text);
      return std::optional<std::string>();
    });
    writer.write("/x", "one", [](const auto&) {});
    begun.get_future().wait();
    writer.write("/x", "two", [](const auto&) { FAIL() << "another took its place"; });
    writer.write("/x", "three", [](const auto&) {});
    go.set_value();
  }
  EXPECT_THAT(written, ElementsAre("one", "three"));
  io.run();
}

TEST(StateWriter, one_that_was_given_nothing_has_no_thread_to_wait_for) {
  boost::asio::io_context io;
  const StateWriter writer(io,
                           [](const auto&, const auto&) { return std::optional<std::string>(); });
}

}  // namespace
}  // namespace ccnproxy::daemon
