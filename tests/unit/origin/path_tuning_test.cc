// What is set of a connection's socket by its round trip.

#include "ccnproxy/origin/path_tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy::origin {
namespace {

using namespace std::chrono_literals;

config::Tcp tcp(std::string congestion_control, std::optional<Duration> min_rto = std::nullopt) {
  config::Tcp settings;
  settings.congestion_control = std::move(congestion_control);
  settings.min_rto = min_rto;
  return settings;
}

TEST(PathTuningTest, near_origins_are_left_to_the_kernel) {
  EXPECT_EQ(tuning_for(tcp("auto"), 1ms, true), PathTuning{});
}

TEST(PathTuningTest, far_ones_get_bbr_where_any_process_may_have_it) {
  EXPECT_EQ(tuning_for(tcp("auto"), 100ms, true).congestion_control, "bbr");
  EXPECT_EQ(tuning_for(tcp("auto"), 100ms, false).congestion_control, "");
}

TEST(PathTuningTest, what_is_configured_holds_near_and_far) {
  for (const Duration rtt : {Duration(1ms), Duration(100ms)}) {
    EXPECT_EQ(tuning_for(tcp("reno"), rtt, true).congestion_control, "reno");
    EXPECT_EQ(tuning_for(tcp("system"), rtt, true).congestion_control, "");
    EXPECT_EQ(tuning_for(tcp("system", 70ms), rtt, true).min_rto, 70ms);
    EXPECT_EQ(tuning_for(tcp("system", 0ms), rtt, true).min_rto, 0ms);
  }
}

TEST(PathTuningTest, the_least_timeout_follows_the_round_trip) {
  EXPECT_EQ(tuning_for(tcp("auto"), 30ms, false).min_rto, 50ms);
  EXPECT_EQ(tuning_for(tcp("auto"), 300ms, false).min_rto, 75ms);
  EXPECT_EQ(tuning_for(tcp("auto"), 2s, false).min_rto, 200ms);
}

TEST(PathTuningTest, an_algorithm_is_set_and_one_that_there_is_not_changes_nothing) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto name_of = [&] {
    char name[16] = {};
    socklen_t size = sizeof name;
    EXPECT_EQ(::getsockopt(fd.get(), IPPROTO_TCP, TCP_CONGESTION, name, &size), 0);
    return std::string(name);
  };
  EXPECT_TRUE(apply(fd.get(), {"reno", 0ms}));  // any kernel has it, for any process
  EXPECT_EQ(name_of(), "reno");
  EXPECT_FALSE(apply(fd.get(), {"no_such", 0ms}));
  EXPECT_EQ(name_of(), "reno");
}

TEST(PathTuningTest, nothing_to_set_is_no_failure) { EXPECT_TRUE(apply(-1, {})); }

TEST(AllowedCongestionControl, is_what_the_kernel_lists) {
  EXPECT_TRUE(is_allowed_congestion_control("reno"));
  EXPECT_FALSE(is_allowed_congestion_control("no_such"));
  EXPECT_FALSE(is_allowed_congestion_control(""));
}

TEST(TcpShortcomings, are_told_once_with_the_key_and_the_value) {
  config::Config config;
  EXPECT_THAT(tcp_shortcomings(config), ::testing::IsEmpty()) << "auto takes what there is";
  config.tcp.congestion_control = "reno";  // any kernel has it, for any process
  EXPECT_THAT(tcp_shortcomings(config), ::testing::IsEmpty());
  config::Override entry;
  entry.tcp.congestion_control = "no_such";
  config.overrides = {entry, entry};
  EXPECT_THAT(tcp_shortcomings(config), ::testing::ElementsAre(::testing::StartsWith(
                                            "tcp.congestion_control: no_such can't be had here")));
}

}  // namespace
}  // namespace ccnproxy::origin
