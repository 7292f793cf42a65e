#include "ccnproxy/admin/config_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::admin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> changes(const std::string& before, const std::string& after) {
  const auto a = config::load_text(before, "a");
  const auto b = config::load_text(after, "b");
  EXPECT_TRUE(a.ok()) << before;
  EXPECT_TRUE(b.ok()) << after;
  std::vector<std::string> lines;
  for (const auto& change : config_changes(a.config, b.config))
    lines.push_back(change.key + ": " + change.text);
  return lines;
}

TEST(ConfigChanges, of_two_that_are_alike_there_are_none) {
  EXPECT_THAT(changes("pool: {max_age: 60m}", "pool: {max_age: 1h}"), IsEmpty());
}

TEST(ConfigChanges, values_are_told_as_the_configuration_has_them) {
  EXPECT_THAT(changes("", "{pool: {max_age: 30m, ping: 'off'}, retries: {replay_bytes: 1MiB}}"),
              ElementsAre("pool.max_age: 1h -> 30m", "pool.ping: auto -> off",
                          "retries.replay_bytes: 64KiB -> 1MiB"));
}

TEST(ConfigChanges, of_lists_what_came_and_what_went) {
  EXPECT_THAT(changes("origins: {deny: [a.test, b.test]}", "origins: {deny: [b.test, c.test]}"),
              ElementsAre("origins.deny: + c.test, - a.test"));
  EXPECT_THAT(changes("tls: {alpn: [h2, http/1.1]}", "tls: {alpn: [http/1.1, h2]}"),
              ElementsAre("tls.alpn: [h2, http/1.1] -> [http/1.1, h2]"));
}

TEST(ConfigChanges, labels_come_and_go) {
  EXPECT_THAT(
      changes("labels: {a: https, b: http}", "labels: {b: https, c: http}"),
      ElementsAre("labels.b: http -> https", "labels.c: none -> http", "labels.a: https -> none"));
}

TEST(ConfigChanges, an_override_that_only_follows_is_not_named) {
  const std::string entry = "overrides: [{match: x.test, pool: {min_ready: 3}}]";
  EXPECT_THAT(changes("{pool: {max_age: 1h}, " + entry + "}",
                      "{pool: {max_age: 2h, min_ready: 2}, " + entry + "}"),
              ElementsAre("pool.min_ready: 1 -> 2", "pool.max_age: 1h -> 2h"));
}

TEST(ConfigChanges, an_override_is_named_by_what_it_matches) {
  EXPECT_THAT(changes("overrides: [{match: x.test, pool: {max_age: 2h}}, {match: y.test}]",
                      "overrides: [{match: y.test, connect_to: '10.0.0.1:8443'}, {match: x.test}]"),
              ElementsAre("overrides[y.test].connect_to: none -> 10.0.0.1:8443",
                          "overrides[x.test].pool.max_age: 2h -> 1h",
                          "overrides: [x.test, y.test] -> [y.test, x.test]"));
}

TEST(ConfigChanges, of_an_override_that_came_or_went_only_what_makes_a_difference) {
  const std::string with = "overrides: [{match: '[::1]:443', timeouts: {connect: 1s}}]";
  EXPECT_THAT(changes("", with), ElementsAre("overrides[[::1]:443].timeouts.connect: 5s -> 1s",
                                             "overrides: + [::1]:443"));
  EXPECT_THAT(changes(with, ""), ElementsAre("overrides: - [::1]:443",
                                             "overrides[[::1]:443].timeouts.connect: 1s -> 5s"));
}

TEST(ConfigChanges, long_values_are_cut) {
  std::string hosts;
  for (int i = 0; i < 100; ++i) hosts += "host" + std::to_string(i) + ".test, ";
  const auto lines = changes("", "origins: {deny: [" + hosts + "]}");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_LT(lines[0].size(), 300U);
}

}  // namespace
}  // namespace ccnproxy::admin
