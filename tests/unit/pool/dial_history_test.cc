// What came of the dials to an origin.

#include "ccnproxy/pool/dial_history.h"

#include "unit/pool/parts_fixture.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;
using Outcome = DialHistory::Outcome;

class DialHistoryTest : public PartsFixture {
 protected:
  void looked() { ++looks_; }
  void fail(TimePoint began) {
    history_.note_failure(began, {ErrorType::connection_refused, Side::origin, Phase::tcp,
                                  Proof::not_sent, "refused"});
  }
  Outcome judge(PooledConnection& c, bool gone = false) {
    return history_.judge(c.trial, *c.connection, !c.ended_by_us, gone);
  }
  void answer(PooledConnection& c) {
    open(c);
    fake(c).end_stream();
  }

  int looks_ = 0;
  CheckTimer check_{wheel_, Delegate<void()>::to<&DialHistoryTest::looked>(this)};
  DialHistory history_{env_, check_};
};

TEST_F(DialHistoryTest, a_failure_holds_back_the_next_dial_and_is_looked_at_then) {
  fail(clock_.now());
  EXPECT_TRUE(history_.back_off().holds(clock_.now()));
  EXPECT_EQ(history_.last_failure()->detail, "refused");
  EXPECT_EQ(env_.metrics.failed_dials, 1u);
  EXPECT_TRUE(check_.is_planned());
  clock_.advance(1s);
  wheel_.advance();
  EXPECT_EQ(looks_, 1);
}

TEST_F(DialHistoryTest, dials_that_were_under_way_together_fail_together) {
  const auto began = clock_.now();
  clock_.advance(1ms);
  fail(began);
  const auto next = history_.back_off().next();
  fail(began);
  EXPECT_EQ(history_.back_off().next(), next);
}

TEST_F(DialHistoryTest, the_first_answer_says_that_a_dial_has_succeeded) {
  fail(clock_.now());
  clock_.advance(1ms);
  auto& c = connect();
  EXPECT_EQ(judge(c), Outcome::none);
  answer(c);
  EXPECT_EQ(judge(c), Outcome::others_may);
  EXPECT_FALSE(history_.back_off().failing());
  EXPECT_FALSE(history_.last_failure());
  EXPECT_EQ(judge(c), Outcome::none) << "it is known";
}

TEST_F(DialHistoryTest, a_connection_that_ends_before_its_first_answer_has_failed) {
  auto& c = connect();
  EXPECT_EQ(judge(c, true), Outcome::failed);
  EXPECT_FALSE(c.trial.open);
}

TEST_F(DialHistoryTest, one_that_we_end_has_not) {
  auto& c = connect();
  connections_.end(c, "a test");
  EXPECT_EQ(judge(c, true), Outcome::none);
}

TEST_F(DialHistoryTest, to_live_says_nothing_of_dials_that_came_later) {
  auto& c = connect();
  clock_.advance(1ms);
  fail(clock_.now());
  clock_.advance(2s);
  EXPECT_EQ(judge(c), Outcome::none);
  EXPECT_FALSE(c.trial.open);
  EXPECT_TRUE(history_.back_off().failing());
}

TEST_F(DialHistoryTest, other_connections_begin_anew) {
  fail(clock_.now());
  history_.forget();
  EXPECT_FALSE(history_.back_off().failing());
  EXPECT_FALSE(history_.last_failure());
}

}  // namespace
}  // namespace ccnproxy::pool
