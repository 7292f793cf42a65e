#include "ccnproxy/origin/dns_cache.h"

#include <gtest/gtest.h>

namespace ccnproxy::origin {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class HandClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  TimePoint now_{hours(1)};
};

class DnsCacheTest : public testing::Test {
 protected:
  static std::vector<Endpoint> some(const char* text = "192.0.2.1") {
    return {Endpoint::from_literal(text, 0).value()};
  }
  static Error failure() {
    return {ErrorType::dns_error, Side::origin, Phase::dns, Proof::not_sent, "no such name"};
  }

  HandClock clock_;
  DnsCache cache_{clock_, {.min_ttl = seconds(1), .max_ttl = minutes(5), .names = 3}};
};

TEST_F(DnsCacheTest, F046_an_answer_is_forgotten_when_its_ttl_has_passed) {
  cache_.put("a.example", some(), seconds(30));
  clock_.advance(seconds(30) - Duration(1));
  ASSERT_NE(cache_.find("a.example"), nullptr);
  EXPECT_EQ(cache_.find("a.example")->addresses, some());
  clock_.advance(Duration(1));
  EXPECT_EQ(cache_.find("a.example"), nullptr);
  EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(DnsCacheTest, F046_a_new_answer_takes_the_place_of_the_old) {
  cache_.put("a.example", some("192.0.2.1"), seconds(30));
  cache_.put("a.example", some("192.0.2.2"), seconds(60));
  clock_.advance(seconds(59));
  ASSERT_NE(cache_.find("a.example"), nullptr);
  EXPECT_EQ(cache_.find("a.example")->addresses, some("192.0.2.2"));
  EXPECT_EQ(cache_.size(), 1u);
}

TEST_F(DnsCacheTest, F054_ttl_0_is_raised_to_the_floor) {
  cache_.put("a.example", some(), seconds(0));
  clock_.advance(seconds(1) - Duration(1));
  EXPECT_NE(cache_.find("a.example"), nullptr);
  clock_.advance(Duration(1));
  EXPECT_EQ(cache_.find("a.example"), nullptr);
}

TEST_F(DnsCacheTest, F054_a_huge_ttl_is_cut_to_the_ceiling) {
  cache_.put("a.example", some(), Duration::max());
  clock_.advance(minutes(5) - Duration(1));
  EXPECT_NE(cache_.find("a.example"), nullptr);
  clock_.advance(Duration(1));
  EXPECT_EQ(cache_.find("a.example"), nullptr);
}

TEST_F(DnsCacheTest, F049_a_failure_is_forgotten_when_its_time_has_passed) {
  cache_.put_failure("a.example", failure(), seconds(5));
  clock_.advance(seconds(5) - Duration(1));
  ASSERT_NE(cache_.find("a.example"), nullptr);
  EXPECT_EQ(cache_.find("a.example")->failure->detail, "no such name");
  clock_.advance(Duration(1));
  EXPECT_EQ(cache_.find("a.example"), nullptr);
}

TEST_F(DnsCacheTest, F049_a_failure_never_shadows_an_answer_that_is_fresh) {
  cache_.put("a.example", some(), seconds(30));
  cache_.put_failure("a.example", failure(), seconds(5));
  ASSERT_NE(cache_.find("a.example"), nullptr);
  EXPECT_FALSE(cache_.find("a.example")->failure);
  clock_.advance(seconds(30));
  cache_.put_failure("a.example", failure(), seconds(5));
  ASSERT_NE(cache_.find("a.example"), nullptr);
  EXPECT_TRUE(cache_.find("a.example")->failure);
}

TEST_F(DnsCacheTest, F049_an_answer_takes_the_place_of_a_failure_at_once) {
  cache_.put_failure("a.example", failure(), seconds(5));
  cache_.put("a.example", some(), seconds(30));
  ASSERT_NE(cache_.find("a.example"), nullptr);
  EXPECT_FALSE(cache_.find("a.example")->failure);
}

TEST_F(DnsCacheTest, F098_the_name_asked_for_least_recently_goes_first) {
  for (const auto* name : {"a.example", "b.example", "c.example"}) {
    cache_.put(name, some(), seconds(30));
  }
  EXPECT_NE(cache_.find("a.example"), nullptr);
  cache_.put("d.example", some(), seconds(30));
  EXPECT_EQ(cache_.size(), 3u);
  EXPECT_EQ(cache_.find("b.example"), nullptr);
  EXPECT_NE(cache_.find("a.example"), nullptr);
  EXPECT_NE(cache_.find("d.example"), nullptr);
}

TEST_F(DnsCacheTest, F098_failures_count_towards_the_bound_too) {
  for (int i = 0; i < 100; ++i) {
    cache_.put_failure(std::to_string(i) + ".example", failure(), seconds(5));
  }
  EXPECT_EQ(cache_.size(), 3u);
  EXPECT_NE(cache_.find("99.example"), nullptr);
}

}  // namespace
}  // namespace ccnproxy::origin
