#include "cli/reload_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/admin/reload_json.h"

namespace ccnproxy::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ReloadReport, is_what_the_endpoint_wrote) {
  admin::ReloadOutcome outcome{.successful = false, .begun = 7, .running = true, .ending = true};
  outcome.faults = {"/etc/c.yaml:3:1: unknown key `x`", "two"};
  outcome.postponed = {"workers: 1 -> 2"};
  const auto report = parse_reload_report(admin::reload_json(812, outcome));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->process, 812);
  EXPECT_EQ(report->reloads, 7U);
  EXPECT_TRUE(report->running);
  EXPECT_TRUE(report->ending);
  EXPECT_FALSE(report->successful);
  EXPECT_THAT(report->faults, ElementsAre("/etc/c.yaml:3:1: unknown key `x`", "two"));
  EXPECT_THAT(report->postponed, ElementsAre("workers: 1 -> 2"));
}

TEST(ReloadReport, of_a_start_is_a_success) {
  const auto report = parse_reload_report(admin::reload_json(1, admin::ReloadOutcome()));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->reloads, 0U);
  EXPECT_TRUE(report->successful);
  EXPECT_FALSE(report->running);
  EXPECT_FALSE(report->ending);
  EXPECT_THAT(report->faults, IsEmpty());
}

// A process id of 0 or less would be a group of processes, to kill().
TEST(ReloadReport, what_is_none_is_not_taken_for_one) {
  for (const char* text :
       {"", "not JSON", "[]", "{}", R"({"pid":1})", R"({"pid":0,"reloads":0})",
        R"({"pid":-5,"reloads":0})", R"({"pid":4294967297,"reloads":0})",
        R"({"pid":"1","reloads":0})", R"({"pid":1,"reloads":-1})", R"({"pid":1,"reloads":0)"})
    EXPECT_FALSE(parse_reload_report(text)) << text;
}

TEST(ReloadReport, of_later_versions_may_have_more_keys) {
  const auto report = parse_reload_report(R"({"new":[{}],"reloads":2,"pid":9,"faults":[1]})");
  ASSERT_TRUE(report);
  EXPECT_THAT(report->faults, IsEmpty());
}

class JudgeReload : public ::testing::Test {
 protected:
  ReloadReport before{.process = 10, .reloads = 4, .successful = true};
  ReloadReport now = before;
  ReloadState judged() const { return judge_reload(before, now); }
};

TEST_F(JudgeReload, F102_one_that_began_later_and_has_ended_counts) {
  EXPECT_EQ(judged(), ReloadState::waiting) << "none has begun";
  now.reloads = 5;
  now.running = true;
  EXPECT_EQ(judged(), ReloadState::waiting);
  now.running = false;
  EXPECT_EQ(judged(), ReloadState::in_force);
  now.successful = false;
  EXPECT_EQ(judged(), ReloadState::refused);
}

TEST_F(JudgeReload, F102_one_that_ran_already_may_have_read_the_file_as_it_was) {
  before.running = now.running = true;
  EXPECT_EQ(judged(), ReloadState::waiting);
  now.running = false;
  EXPECT_EQ(judged(), ReloadState::waiting);
  now.reloads = 6;
  EXPECT_EQ(judged(), ReloadState::in_force) << "those that came together are one";
}

TEST_F(JudgeReload, F102_what_another_process_says_is_not_about_it) {
  now.process = 11;
  now.reloads = 5;
  EXPECT_EQ(judged(), ReloadState::waiting);
}

TEST_F(JudgeReload, F102_a_process_that_drains_begins_none) {
  now.ending = true;
  EXPECT_EQ(judged(), ReloadState::ending);
  now.reloads = 5;
  EXPECT_EQ(judged(), ReloadState::in_force) << "it was before that";
}

}  // namespace
}  // namespace ccnproxy::cli
