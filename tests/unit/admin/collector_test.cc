#include "ccnproxy/admin/collector.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_source.h"
#include "reports.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto for_ever = std::chrono::hours(1);

struct Collecting {
  explicit Collecting(std::size_t workers, std::chrono::milliseconds deadline)
      : source(workers), collector(io.get_executor(), source, deadline) {}

  void ask() {
    boost::asio::co_spawn(io, collector.collect(), [this](std::exception_ptr, auto reports) {
      answers.push_back(std::move(reports));
    });
  }

  FakeSource source;
  boost::asio::io_context io;
  Collector collector;
  std::vector<std::shared_ptr<const Reports>> answers;
};

std::vector<std::size_t> numbers_of(const Reports& reports) {
  std::vector<std::size_t> numbers;
  for (const auto& worker : reports.workers) numbers.push_back(worker.worker);
  return numbers;
}

TEST(Collector, brings_the_reports_of_all_in_order) {
  Collecting test(3, for_ever);
  test.source.held = {0};
  test.source.report(2).clients = 7;
  test.ask();
  test.io.poll();
  EXPECT_THAT(test.answers, IsEmpty());
  test.source.release();
  test.io.run();  // ends only because the deadline is cancelled
  ASSERT_EQ(test.answers.size(), 1U);
  EXPECT_THAT(numbers_of(*test.answers[0]), ElementsAre(0, 1, 2));
  EXPECT_THAT(test.answers[0]->silent, IsEmpty());
  EXPECT_EQ(test.answers[0]->workers[2].clients, 7U);
}

TEST(Collector, names_a_worker_that_does_not_answer_and_waits_no_longer) {
  Collecting test(3, 10ms);
  test.source.held = {1};
  test.ask();
  test.io.run();
  ASSERT_EQ(test.answers.size(), 1U);
  EXPECT_THAT(numbers_of(*test.answers[0]), ElementsAre(0, 2));
  EXPECT_THAT(test.answers[0]->silent, ElementsAre(1));
  const auto kept = test.answers[0];
  test.source.release();  // too late: changes nothing that was handed out
  EXPECT_THAT(kept->silent, ElementsAre(1));
  test.io.restart();
  test.ask();
  test.io.run();
  EXPECT_THAT(numbers_of(*test.answers[1]), ElementsAre(0, 1, 2));
}

TEST(Collector, who_asks_while_a_round_runs_shares_it) {
  Collecting test(2, for_ever);
  test.source.held = {1};
  for (int i = 0; i < 5; ++i) test.ask();
  test.io.poll();
  EXPECT_EQ(test.source.asked, 2U);
  test.source.release();
  test.io.run();
  ASSERT_EQ(test.answers.size(), 5U);
  EXPECT_EQ(test.source.asked, 2U);
  for (const auto& answer : test.answers) EXPECT_EQ(answer, test.answers[0]);
  test.io.restart();
  test.ask();
  test.io.run();
  EXPECT_EQ(test.source.asked, 4U);
}

TEST(Collector, no_workers_is_no_reports) {
  Collecting test(0, for_ever);
  test.ask();
  test.io.run();
  ASSERT_EQ(test.answers.size(), 1U);
  EXPECT_THAT(test.answers[0]->workers, IsEmpty());
}

}  // namespace
}  // namespace ccnproxy::admin
