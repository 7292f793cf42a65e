#include "ccnproxy/dns/dns_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::dns {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;

class HandClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  TimePoint now_{hours(1)};
};

Endpoint at(const char* text) { return Endpoint::from_literal(text, 0).value(); }

class DnsCacheTest : public testing::Test {
 protected:
  explicit DnsCacheTest(Duration stale = Duration(0))
      : cache_(clock_, {.min_ttl = seconds(1), .max_ttl = minutes(5), .stale = stale, .names = 3}) {
  }

  static Error failure(const char* detail = "no such name") {
    return {ErrorType::dns_error, Side::origin, Phase::dns, Proof::not_sent, detail};
  }
  void put(const char* name, Duration ttl, const char* address = "192.0.2.1") {
    const auto endpoint = at(address);
    const auto family = endpoint.is_v6() ? AddressFamily::v6 : AddressFamily::v4;
    const std::vector<FamilyAnswer> answers = {{family, {endpoint}}};
    EXPECT_THAT(cache_.put(name, answers, ttl), Contains(endpoint));
  }
  /// "ADDRESS…", "failed: WHY" or "".
  std::string known(const char* name) {
    std::string text;
    if (const auto* addresses = cache_.addresses(name)) {
      for (const auto& address : *addresses) {
        text += (text.empty() ? "" : " ") + address.to_string();
      }
    }
    if (const auto* why = cache_.failure(name)) text += "failed: " + why->detail;
    return text;
  }

  HandClock clock_;
  DnsCache cache_;
};

TEST_F(DnsCacheTest, F046_an_answer_is_forgotten_when_its_ttl_has_passed) {
  put("a.example", seconds(30));
  clock_.advance(seconds(30) - Duration(1));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  EXPECT_TRUE(cache_.is_fresh("a.example"));
  clock_.advance(Duration(1));
  EXPECT_EQ(known("a.example"), "");
  EXPECT_FALSE(cache_.is_fresh("a.example"));
}

TEST_F(DnsCacheTest, F046_a_new_answer_goes_before_the_old) {
  put("a.example", seconds(30), "192.0.2.1");
  put("a.example", seconds(60), "192.0.2.2");
  clock_.advance(seconds(59));
  EXPECT_EQ(known("a.example"), "192.0.2.2:0 192.0.2.1:0");
  EXPECT_EQ(cache_.size(), 1u);
}

TEST_F(DnsCacheTest, F054_ttl_0_is_raised_to_the_floor) {
  put("a.example", seconds(0));
  clock_.advance(seconds(1) - Duration(1));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  EXPECT_FALSE(cache_.is_due("a.example"));
  clock_.advance(Duration(1));
  EXPECT_EQ(known("a.example"), "");
  EXPECT_TRUE(cache_.is_due("a.example"));
}

TEST_F(DnsCacheTest, F054_a_huge_ttl_is_cut_to_the_ceiling) {
  put("a.example", Duration::max());
  clock_.advance(minutes(5) - Duration(1));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  clock_.advance(Duration(1));
  EXPECT_EQ(known("a.example"), "");
}

TEST_F(DnsCacheTest, F049_a_failure_is_forgotten_when_its_time_has_passed) {
  cache_.put_failure("a.example", failure(), seconds(5));
  clock_.advance(seconds(5) - Duration(1));
  EXPECT_EQ(known("a.example"), "failed: no such name");
  clock_.advance(Duration(1));
  EXPECT_EQ(known("a.example"), "");
}

TEST_F(DnsCacheTest, F049_a_failure_never_shadows_an_answer_that_is_fresh) {
  put("a.example", seconds(30));
  cache_.put_failure("a.example", failure("one"), seconds(5));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  clock_.advance(seconds(30));
  EXPECT_EQ(known("a.example"), "");
  cache_.put_failure("a.example", failure("two"), seconds(5));
  EXPECT_EQ(known("a.example"), "failed: two");
}

TEST_F(DnsCacheTest, F049_an_answer_takes_the_place_of_a_failure_at_once) {
  cache_.put_failure("a.example", failure(), seconds(5));
  put("a.example", seconds(1));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  clock_.advance(seconds(1));
  EXPECT_EQ(known("a.example"), "");
}

TEST_F(DnsCacheTest, F098_the_name_asked_for_least_recently_goes_first) {
  for (const auto* name : {"a.example", "b.example", "c.example"}) put(name, seconds(30));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  put("d.example", seconds(30));
  EXPECT_EQ(cache_.size(), 3u);
  EXPECT_EQ(known("b.example"), "");
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  EXPECT_EQ(known("d.example"), "192.0.2.1:0");
}

TEST_F(DnsCacheTest, F098_a_name_whose_addresses_are_watched_is_asked_for) {
  for (const auto* name : {"a.example", "b.example", "c.example"}) put(name, seconds(30));
  EXPECT_FALSE(cache_.is_withdrawn("a.example", at("192.0.2.1")));
  put("d.example", seconds(30));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
}

TEST_F(DnsCacheTest, F098_failures_have_a_bound_too_and_push_out_no_answer) {
  for (const auto* name : {"a.example", "b.example", "c.example"}) put(name, seconds(30));
  for (int i = 0; i < 100; ++i) {
    cache_.put_failure(std::to_string(i) + ".example", failure(), seconds(5));
  }
  EXPECT_EQ(cache_.size(), 3u + 1u);
  EXPECT_EQ(known("99.example"), "failed: no such name");
  for (const auto* name : {"a.example", "b.example", "c.example"})
    EXPECT_EQ(known(name), "192.0.2.1:0");
}

TEST_F(DnsCacheTest, F098_a_name_that_failed_and_is_answered_later_stays_as_long_as_others) {
  for (const auto* name : {"a.example", "b.example"}) put(name, seconds(30));
  cache_.put_failure("c.example", failure(), seconds(5));
  put("c.example", seconds(30));
  cache_.put_failure("d.example", failure(), seconds(5));
  cache_.put_failure("c.example", failure(), seconds(5));
  cache_.put_failure("e.example", failure(), seconds(5));
  EXPECT_EQ(cache_.size(), 4u);
  EXPECT_EQ(known("c.example"), "192.0.2.1:0");
  put("f.example", seconds(30));
  EXPECT_EQ(known("a.example"), "") << "the oldest of those that were answered";
  EXPECT_EQ(known("c.example"), "192.0.2.1:0");
}

class StaleDnsCacheTest : public DnsCacheTest {
 protected:
  StaleDnsCacheTest() : DnsCacheTest(minutes(10)) { put("a.example", seconds(30)); }

  /// Another failure, and the time until the name is due again.
  Duration back_off_after_failure() {
    cache_.put_failure("a.example", failure(), seconds(1));
    const auto failed_at = clock_.now();
    while (!cache_.is_due("a.example")) clock_.advance(std::chrono::milliseconds(100));
    return clock_.now() - failed_at;
  }
};

TEST_F(StaleDnsCacheTest, F048_an_answer_is_good_beyond_its_ttl_but_not_for_ever) {
  clock_.advance(seconds(30));
  EXPECT_FALSE(cache_.is_fresh("a.example"));
  EXPECT_TRUE(cache_.is_due("a.example"));
  clock_.advance(minutes(10) - Duration(1));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  clock_.advance(Duration(1));
  EXPECT_EQ(known("a.example"), "");
  EXPECT_TRUE(cache_.is_due("a.example"));
}

TEST_F(StaleDnsCacheTest, F048_a_failure_is_said_only_when_no_answer_is_good_any_more) {
  clock_.advance(minutes(5));
  cache_.put_failure("a.example", failure(), seconds(5));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  clock_.advance(minutes(5) + seconds(27));
  cache_.put_failure("a.example", failure("still not"), seconds(5));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
  clock_.advance(seconds(3));
  EXPECT_EQ(known("a.example"), "failed: still not");
  clock_.advance(seconds(2));
  EXPECT_EQ(known("a.example"), "");
}

TEST_F(StaleDnsCacheTest, F048_a_name_that_fails_is_asked_for_less_and_less_often) {
  clock_.advance(seconds(30));
  std::vector<Duration> pauses;
  for (int i = 0; i < 8; ++i) pauses.push_back(back_off_after_failure());
  EXPECT_THAT(pauses, ElementsAre(seconds(1), seconds(2), seconds(4), seconds(8), seconds(16),
                                  seconds(30), seconds(30), seconds(30)));
}

TEST_F(StaleDnsCacheTest, F048_an_answer_ends_the_back_off) {
  clock_.advance(seconds(30));
  for (int i = 0; i < 5; ++i) back_off_after_failure();
  put("a.example", seconds(30));
  EXPECT_FALSE(cache_.is_due("a.example"));
  clock_.advance(seconds(30));
  EXPECT_TRUE(cache_.is_due("a.example"));
  EXPECT_EQ(back_off_after_failure(), seconds(1));
}

TEST_F(StaleDnsCacheTest, F048_the_back_off_goes_on_when_the_answer_is_of_no_use_any_more) {
  clock_.advance(hours(2));  // forgotten altogether
  for (int i = 0; i < 5; ++i) back_off_after_failure();
  EXPECT_EQ(back_off_after_failure(), seconds(30));
}

TEST_F(StaleDnsCacheTest, F048_one_family_that_fails_for_too_long_is_not_dialled) {
  put("a.example", seconds(30), "2001:db8::1");
  EXPECT_EQ(known("a.example"), "[2001:db8::1]:0 192.0.2.1:0");
  clock_.advance(minutes(10));
  put("a.example", seconds(30));
  EXPECT_EQ(known("a.example"), "[2001:db8::1]:0 192.0.2.1:0");
  clock_.advance(seconds(30));
  put("a.example", seconds(30));
  EXPECT_EQ(known("a.example"), "192.0.2.1:0");
}

TEST_F(DnsCacheTest, F047_the_set_is_remembered_where_no_answer_outlives_its_ttl) {
  put("a.example", seconds(30), "192.0.2.1");
  for (int i = 0; i < 3; ++i) {
    clock_.advance(seconds(30));
    EXPECT_FALSE(cache_.is_withdrawn("a.example", at("192.0.2.1")));
    put("a.example", seconds(30), "192.0.2.2");
  }
  EXPECT_TRUE(cache_.is_withdrawn("a.example", at("192.0.2.1")));
  EXPECT_EQ(known("a.example"), "192.0.2.2:0");
  clock_.advance(hours(2));
  EXPECT_FALSE(cache_.is_withdrawn("a.example", at("192.0.2.1")));
  EXPECT_EQ(cache_.size(), 0u);
}

}  // namespace
}  // namespace ccnproxy::dns
