#include "daemon/warm_share.h"

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

TEST(WarmShare, F101_each_origin_is_one_workers) {
  config::Config config;
  for (int i = 0; i < 50; ++i)
    config.warmth.warm.push_back("https://h" + std::to_string(i) + ".test");
  std::vector<std::string> all;
  for (std::size_t worker = 0; worker < 3; ++worker) {
    for (const auto& origin : warm_share(config, worker, 3)) {
      EXPECT_EQ(home_of(origin, 3), worker);
      all.push_back(origin.to_string());
    }
  }
  auto wanted = config.warmth.warm;
  std::sort(all.begin(), all.end());
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(all, wanted);
}

}  // namespace
}  // namespace ccnproxy::daemon
