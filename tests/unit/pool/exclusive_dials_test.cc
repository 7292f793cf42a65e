// The dials of connections that belong to one client each.

#include "ccnproxy/pool/exclusive_dials.h"

#include <gtest/gtest.h>

#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;
using Phase = ExclusiveDials::Phase;

class ExclusiveDialsTest : public testing::Test {
 protected:
  struct Connection final : ExclusiveConnection {
    ConnectionReport report(TimePoint) const override { return {}; }
    std::string_view peer_address() const override { return {}; }
    void end_after_request(std::string_view) override {}
    bool begin_dial() override { return may_begin; }
    void on_no_dial(Error) override { failed = true; }
    const origin::OriginConnection* origin_connection() const override { return nullptr; }
    bool ended_by_us() const override { return false; }

    bool may_begin = true;
    bool failed = false;
  };

  bool want(Connection& c) { return dials_.want(c, clock_.now()); }
  static Error error() {
    return {ErrorType::connection_refused, Side::origin, Phase_::tcp, Proof::not_sent, "refused"};
  }
  using Phase_ = ccnproxy::Phase;

  ManualClock clock_;
  SharedOrigin shared_{1};
  ExclusiveDials dials_{shared_};
  Connection first_;
  Connection second_;
};

TEST_F(ExclusiveDialsTest, dials_begin_in_order_of_arrival) {
  want(first_);
  clock_.advance(1ms);
  want(second_);
  EXPECT_EQ(dials_.waiting_since(), clock_.now() - 1ms);
  EXPECT_TRUE(dials_.begin_next(clock_.now()));
  EXPECT_FALSE(first_.waits_for_dial());
  EXPECT_TRUE(second_.waits_for_dial());
  EXPECT_EQ(dials_.count(Phase::waiting), 1u);
  EXPECT_EQ(dials_.count(Phase::dialing), 1u);
}

TEST_F(ExclusiveDialsTest, only_the_first_dial_is_paid_for) {
  EXPECT_TRUE(want(first_));
  dials_.begin_next(clock_.now());
  EXPECT_FALSE(want(first_)) << "a second one for the same request";
  dials_.put_off(first_);
  EXPECT_TRUE(want(first_));
}

TEST_F(ExclusiveDialsTest, one_that_has_to_wait_for_something_else_leaves) {
  first_.may_begin = false;
  want(first_);
  EXPECT_FALSE(dials_.begin_next(clock_.now()));
  EXPECT_FALSE(dials_.any(Phase::waiting));
  EXPECT_TRUE(want(first_)) << "and pays anew";
}

TEST_F(ExclusiveDialsTest, one_that_waits_counts_among_the_requests_that_do) {
  want(first_);
  want(second_);
  dials_.count_waiting(first_, 1);
  dials_.count_waiting(second_, 1);
  EXPECT_EQ(shared_.waiting(), 1u) << "as far as there is room";
  dials_.begin_next(clock_.now());
  EXPECT_EQ(shared_.waiting(), 0u);
  dials_.count_waiting(first_, 1);
  EXPECT_EQ(shared_.waiting(), 0u) << "it does not wait";
}

TEST_F(ExclusiveDialsTest, a_connection_is_on_trial_until_it_leaves) {
  want(first_);
  dials_.begin_next(clock_.now());
  clock_.advance(1s);
  dials_.note_connected(first_, clock_.now());
  EXPECT_TRUE(dials_.is_on_trial(first_));
  EXPECT_EQ(dials_.trial_of(first_).connected - dials_.trial_of(first_).began, 1s);
  dials_.for_each_on_trial([&](auto& c) { EXPECT_FALSE(dials_.leave(c)) << "it is not dialled"; });
  EXPECT_FALSE(dials_.any(Phase::on_trial));
}

TEST_F(ExclusiveDialsTest, a_failed_dial_is_told_to_those_that_waited_when_it_began) {
  want(first_);
  const auto began = clock_.now();
  clock_.advance(1ms);
  want(second_);
  dials_.fail(error(), began);
  EXPECT_TRUE(first_.failed);
  EXPECT_FALSE(second_.failed);
  EXPECT_EQ(dials_.count(Phase::waiting), 1u);
}

TEST_F(ExclusiveDialsTest, one_that_is_destroyed_has_left) {
  {
    Connection gone;
    want(gone);
  }
  EXPECT_FALSE(dials_.any(Phase::waiting));
}

}  // namespace
}  // namespace ccnproxy::pool
