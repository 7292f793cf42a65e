#include "fakes/prometheus_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

const std::string good =
    "# worker 3 did not answer\n"
    "# HELP a_total Things, \"quoted\".\n"
    "# TYPE a_total counter\n"
    "a_total{x=\"1\",y=\"a\\\\b\\\"c\"} 7\n"
    "a_total 0\n"
    "# HELP b_seconds Time.\n"
    "# TYPE b_seconds histogram\n"
    "b_seconds_bucket{le=\"0.5\"} 1\n"
    "b_seconds_bucket{le=\"+Inf\"} 2\n"
    "b_seconds_sum 1.5\n"
    "b_seconds_count 2\n"
    "# HELP c Now.\n"
    "# TYPE c gauge\n"
    "c -1e+06\n";

TEST(PrometheusText, reads_what_is_good) {
  const PrometheusText text(good);
  EXPECT_EQ(text.value("a_total{x=\"1\",y=\"a\\\\b\\\"c\"}"), 7);
  EXPECT_EQ(text.value("c"), -1e6);
  EXPECT_EQ(text.value_or("d", 5), 5);
  EXPECT_THROW(text.value("d"), Failure);
  EXPECT_THAT(text.label_values("x"), ::testing::ElementsAre("1"));
  EXPECT_TRUE(text.is_monotone("a_total"));
  EXPECT_TRUE(text.is_monotone("b_seconds_bucket{le=\"0.5\"}"));
  EXPECT_FALSE(text.is_monotone("c"));
}

TEST(PrometheusText, refuses_what_is_not) {
  const std::pair<const char*, const char*> changes[] = {
      {"a_total 0\n", "a_total 0 \n"},
      {"a_total 0\n", "a_total zero\n"},
      {"a_total 0\n", "a_total{x=1} 0\n"},
      {"a_total 0\n", "a_total{x=\"1\" 0\n"},
      {"a_total 0\n", "a_total{x=\"1\",x=\"2\"} 0\n"},
      {"a_total 0\n", "a_total{x=\"1\",y=\"a\\\\b\\\"c\"} 8\n"},
      {"a_total 0\n", "a_total{x=\"\\y\"} 8\n"},
      {"a_total 0\n", "a_total -1\n"},
      {"a_total 0\n", "b_total 0\n"},
      {"a_total 0\n", "1a 0\n"},
      {"# TYPE a_total counter\n", ""},
      {"# TYPE a_total counter\n", "# TYPE a_total meter\n"},
      {"# HELP c Now.\n", ""},
      {"# HELP c Now.\n# TYPE c gauge\n", "# HELP c Now.\n# TYPE c counter\n"},
      {"# HELP c Now.\n# TYPE c gauge\n", "# HELP a_total Things.\n# TYPE a_total counter\n"},
      {"b_seconds_bucket{le=\"+Inf\"} 2\n", ""},
      {"b_seconds_bucket{le=\"+Inf\"} 2\n", "b_seconds_bucket{le=\"+Inf\"} 0\n"},
      {"b_seconds_bucket{le=\"0.5\"} 1\n", "b_seconds_bucket{le=\"+Inf\"} 1\n"},
      {"b_seconds_count 2\n", "b_seconds_count 3\n"},
      {"b_seconds_sum 1.5\n", ""},
      {"c -1e+06\n", "c -1e+06"},
  };
  for (const auto& [part, instead] : changes) {
    std::string bad = good;
    const auto at = bad.find(part);
    ASSERT_NE(at, bad.npos) << part;
    bad.replace(at, std::string_view(part).size(), instead);
    EXPECT_THROW(PrometheusText{bad}, Failure) << bad;
  }
}

}  // namespace
}  // namespace ccnproxy::fakes
