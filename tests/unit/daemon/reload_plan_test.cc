#include "daemon/reload_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

const auto key = [](const char* text) { return Field(&admin::ConfigChange::key, text); };

TEST(ReloadPlan, what_has_not_changed_is_not_planned) {
  const config::Config config;
  const auto plan = plan_reload(config, config);
  EXPECT_EQ(plan.active_config, config);
  EXPECT_THAT(plan.applied, IsEmpty());
  EXPECT_THAT(plan.postponed, IsEmpty());
}

TEST(ReloadPlan, what_can_change_is_what_is_wanted) {
  const config::Config current;
  config::Config wanted;
  wanted.pool.max_age = std::chrono::minutes(30);
  wanted.pid_file = "";
  wanted.log.level = "debug";
  wanted.limits.clients = 5;
  const auto plan = plan_reload(current, wanted);
  EXPECT_EQ(plan.active_config, wanted);
  EXPECT_THAT(plan.applied,
              ElementsAre(key("pool.max_age"), key("limits.clients"), key("log.level")));
  EXPECT_THAT(plan.postponed, IsEmpty());
}

TEST(ReloadPlan, F145_the_names_of_the_admin_endpoint_can_change_its_socket_can_not) {
  config::Config current;
  current.admin.address = config::ListenAddress{"", 0, "/run/x"};
  auto wanted = current;
  wanted.admin.hosts = {"ccnproxy.svc"};
  wanted.admin.access.mode = 0660;
  const auto plan = plan_reload(current, wanted);
  EXPECT_EQ(plan.active_config.admin.hosts, wanted.admin.hosts);
  EXPECT_EQ(plan.active_config.admin.access, current.admin.access);
  EXPECT_THAT(plan.applied, ElementsAre(key("admin.hosts")));
  EXPECT_THAT(plan.postponed, ElementsAre(key("admin.mode")));
}

TEST(ReloadPlan, the_access_log_can_have_other_fields_but_no_other_place) {
  config::Config current;
  current.log.access.request_headers = {{"accept"}};
  config::Config wanted;
  wanted.log.access.request_headers = {{"user-agent"}};
  wanted.log.access.response_headers = {{"etag"}};
  wanted.log.access.to = "none";
  wanted.log.access.query = true;
  const auto plan = plan_reload(current, wanted);
  auto expected = wanted.log.access;
  expected.to = current.log.access.to;
  expected.query = current.log.access.query;
  EXPECT_EQ(plan.active_config.log.access, expected);
  EXPECT_THAT(plan.applied,
              ElementsAre(key("log.access.request_headers"), key("log.access.response_headers")));
  EXPECT_THAT(plan.postponed, ElementsAre(key("log.access.to"), key("log.access.query")));
}

TEST(ReloadPlan, F102_what_a_process_has_for_its_life_stays_and_is_named) {
  const config::Config current;
  config::Config wanted;
  wanted.listeners.push_back({"127.0.0.1", 81, ""});
  wanted.admin.address.reset();
  wanted.pid_file = "/run/x";
  wanted.workers = 3;
  wanted.coalesce = std::chrono::microseconds(1);
  wanted.upstream = "http://app.internal";
  wanted.log.access.keep = 1;
  const auto plan = plan_reload(current, wanted);
  EXPECT_EQ(plan.active_config, current) << "also what /config shows";
  EXPECT_THAT(plan.applied, IsEmpty());
  EXPECT_THAT(plan.postponed, ElementsAre(key("listeners[1].address"), key("admin.address"),
                                          key("pid_file"), key("workers"), key("coalesce"),
                                          key("upstream"), key("log.access.keep")));
  const auto again = plan_reload(plan.active_config, wanted);
  EXPECT_EQ(again.postponed, plan.postponed) << "it is still not so";
}

}  // namespace
}  // namespace ccnproxy::daemon
