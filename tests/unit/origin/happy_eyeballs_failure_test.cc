// What is said where no address takes a connection.

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "ccnproxy/origin/dialer.h"

#include "fakes/sanitizer.h"
#include "unit/origin/happy_eyeballs_fixture.h"

namespace ccnproxy::origin {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST_F(HappyEyeballsTest, says_that_all_refused) {
  const Refusal only;
  run({only.where()});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_refused);
  EXPECT_EQ(error().side, Side::origin);
  EXPECT_EQ(error().phase, Phase::tcp);
  EXPECT_EQ(error().proof, Proof::not_sent);
  EXPECT_EQ(error().detail, only.where().to_string() + ": refused");
}

TEST_F(HappyEyeballsTest, says_that_there_is_no_route) {
  run({unroutable()});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::destination_ip_unroutable);
  EXPECT_THAT(error().detail, HasSubstr("255.255.255.255:443: "));
}

TEST_F(HappyEyeballsTest, a_refusal_says_more_than_a_missing_route) {
  const Refusal refusal;
  run({unroutable(), refusal.where()});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_refused);
}

TEST_F(HappyEyeballsTest, ends_at_the_deadline) {
  const BlackHole only;
  const auto before = open_descriptors();
  auto options = patient();
  options.deadline = milliseconds(30);
  run({only.where()}, options);
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_timeout);
  EXPECT_EQ(error().detail,
            only.where().to_string() + ": no answer within 30 ms (timeouts.connect)");
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(HappyEyeballsTest, says_that_there_is_nothing_to_connect_to) {
  run({});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::proxy_internal_error);
  EXPECT_EQ(error().detail, "no address to connect to");
}

TEST_F(HappyEyeballsTest, bounds_the_text_of_a_failure) {
  run(std::vector<Endpoint>(500, unroutable()));
  ASSERT_TRUE(result_->has_error());
  EXPECT_THAT(error().detail, HasSubstr(", and 492 more"));
  EXPECT_LT(error().detail.size(), 1000u);
}

TEST_F(HappyEyeballsTest, F088_says_that_no_address_is_permitted) {
  const Listener listener;
  auto options = patient();
  options.permitted = [](const Endpoint&) { return false; };
  run({listener.where()}, options);
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::destination_ip_prohibited);
  EXPECT_EQ(error().detail, listener.where().to_string() + ": prohibited");
}

TEST_F(HappyEyeballsTest, F088_a_prohibited_address_does_not_hide_why_a_permitted_one_failed) {
  const Listener prohibited;
  const Refusal refusal;
  auto options = patient();
  options.permitted = [&](const Endpoint& address) { return address != prohibited.where(); };
  run({prohibited.where(), refusal.where()}, options);
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_refused);
}

TEST_F(HappyEyeballsTest, F093_a_want_of_descriptors_is_ours) {
  const Listener listener;
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  bool asked = false;
  auto options = patient();
  options.permitted = [&](const Endpoint&) {  // is called just before a descriptor is needed
    const rlimit none{0, old.rlim_max};
    asked = true;
    return ::setrlimit(RLIMIT_NOFILE, &none) == 0;
  };
  start({listener.where()}, options);
  while (!asked) loop_.run_once(milliseconds(10));
  ::setrlimit(RLIMIT_NOFILE, &old);
  finish();
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_limit_reached);
  EXPECT_EQ(error().side, Side::us);
  EXPECT_TRUE(is_lack_of_descriptors(error()));
}

TEST_F(HappyEyeballsTest, F152_a_want_of_descriptors_is_ours_whatever_another_address_said) {
  if (!fakes::works_without_descriptors(fakes::own_sanitizer))
    GTEST_SKIP() << "the sanitizer needs one";
  const Refusal refusal;
  const Listener listener;
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  auto options = patient();
  options.permitted = [&](const Endpoint& to) {
    const rlimit none{0, old.rlim_max};
    return to == refusal.where() || ::setrlimit(RLIMIT_NOFILE, &none) == 0;
  };
  run({refusal.where(), listener.where()}, options);
  ::setrlimit(RLIMIT_NOFILE, &old);
  ASSERT_TRUE(result_->has_error());
  EXPECT_TRUE(is_lack_of_descriptors(error()));
}

}  // namespace
}  // namespace ccnproxy::origin
