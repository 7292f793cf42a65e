// Connections beside a pool's own, which belong to one client each.

#include "unit/pool/fake_exclusive.h"
#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;

class OriginPoolExclusive : public OriginPoolReady {
 protected:
  ~OriginPoolExclusive() override {
    waiters_.clear();
    pool_.reset();
    turn();
  }
  PoolTerms same() const {
    return {std::make_shared<const config::Pool>(settings_),
            std::make_shared<const config::Timeouts>(), queue_deadline};
  }
};

TEST_F(OriginPoolExclusive, F123_are_shown_and_never_lent) {
  FakeExclusive bound;
  pool().exclusive().add(bound);
  const auto report = pool().report();
  ASSERT_EQ(report.connections.size(), 1u);
  EXPECT_EQ(report.connections.front().state, "bound");
  EXPECT_FALSE(pool().is_ready());
  EXPECT_FALSE(ask().served());
  bound.leave_list();
  EXPECT_EQ(pool().report().connections.size(), 1u) << "the dial for the request";
}

TEST_F(OriginPoolExclusive, F123_leave_the_list_when_they_are_destroyed) {
  {
    FakeExclusive bound;
    pool().exclusive().add(bound);
  }
  EXPECT_TRUE(pool().report().connections.empty());
}

TEST_F(OriginPoolExclusive, F123_an_idle_connection_makes_room_for_one) {
  settings_.max_connections = 1;
  auto& idle = first_http1();
  EXPECT_TRUE(pool().exclusive().take_place());
  EXPECT_TRUE(idle.is_draining());
  turn();
  EXPECT_EQ(net_.dials, 1u) << "no place for another in its stead";
  EXPECT_FALSE(pool().exclusive().take_place());
  pool().exclusive().give_back_place();
  EXPECT_TRUE(pool().exclusive().take_place());
  pool().exclusive().give_back_place();
}

TEST_F(OriginPoolExclusive, F123_one_in_use_makes_none) {
  settings_.max_connections = 1;
  settings_.min_ready = 0;
  for (const bool http2 : {false, true}) {
    ask();
    auto& busy = http2 ? net_.connect_http2() : net_.connect_http1();
    EXPECT_FALSE(pool().exclusive().take_place());
    EXPECT_FALSE(busy.is_draining());
    busy.end_stream();
    busy.close();
    turn();
  }
}

TEST_F(OriginPoolExclusive, F123_without_a_limit_nothing_has_to_go) {
  auto& idle = first_http1();
  EXPECT_TRUE(pool().exclusive().take_place());
  EXPECT_FALSE(idle.is_draining());
  pool().exclusive().give_back_place();
}

TEST_F(OriginPoolExclusive, F123_go_on_under_terms_that_concern_them_not) {
  FakeExclusive bound;
  pool().exclusive().add(bound);
  auto terms = same();
  pool().adopt(terms);
  EXPECT_EQ(bound.ended, "");
  terms.dialer = std::make_shared<FakeDialer>(net_);
  pool().adopt(terms);
  EXPECT_EQ(bound.ended, "");
}

TEST_F(OriginPoolExclusive, F123_end_with_the_terms_that_they_were_made_by) {
  FakeNetwork after;
  FakeExclusive outdated;
  FakeExclusive also;
  pool().exclusive().add(outdated);
  pool().exclusive().add(also);
  auto terms = same();
  terms.dialer = std::make_shared<FakeDialer>(after);
  terms.replace = true;
  pool().adopt(terms);
  EXPECT_NE(outdated.ended, "");
  EXPECT_NE(also.ended, "");
  pool_.reset();  // its dialer refers to `after`
}

TEST_F(OriginPoolExclusive, F123_end_where_the_origin_or_the_address_is_barred) {
  FakeExclusive prohibited;
  FakeExclusive elsewhere;
  FakeExclusive dialing;
  elsewhere.address = "192.0.2.9:443";
  dialing.address = "";
  for (auto* c : {&prohibited, &elsewhere, &dialing}) pool().exclusive().add(*c);
  net_.prohibited = "192.0.2.1:443";
  auto terms = same();
  pool().adopt(terms);
  EXPECT_NE(prohibited.ended, "");
  EXPECT_EQ(elsewhere.ended, "");
  EXPECT_EQ(dialing.ended, "");
  terms.barred = true;
  pool().adopt(terms);
  EXPECT_NE(elsewhere.ended, "");
  EXPECT_NE(dialing.ended, "");
}

/// Tunnels and logins that are dialled.
class ExclusiveDialsOf : public OriginPoolExclusive {
 protected:
  ~ExclusiveDialsOf() override {
    for (auto& c : all_) pool().exclusive().leave_dials(*c);
  }
  FakeExclusive& want() {
    auto& c = *all_.emplace_back(std::make_unique<FakeExclusive>());
    pool().exclusive().want_dial(c);
    return c;
  }
  /// The pool has spoken to its origin before, and nothing is open any more.
  void make_known() {
    settings_.min_ready = 0;
    ask();
    auto& c = net_.connect_http1();
    c.end_stream();
    c.close();
    turn();
  }
  int dials() const {
    int sum = 0;
    for (const auto& c : all_) sum += c->dials;
    return sum;
  }
  void fail(FakeExclusive& c) { pool().exclusive().on_failed(c, FakeExclusive::refused()); }

  std::deque<std::unique_ptr<FakeExclusive>> all_;
  int tried_ = 0;  ///< dials of those that are gone from all_
};

TEST_F(ExclusiveDialsOf, begin_at_once_where_the_origin_is_known_to_be_well) {
  make_known();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(want().dials, 1);
}

TEST_F(ExclusiveDialsOf, F147_of_an_origin_never_connected_to_begin_one_at_a_time) {
  auto& first = want();
  for (int i = 0; i < 49; ++i) want();
  EXPECT_EQ(dials(), 1);
  first.connect(pool());
  EXPECT_EQ(dials(), 50);
}

TEST_F(ExclusiveDialsOf, F147_what_waited_when_a_dial_began_fails_with_it) {
  auto& first = want();
  auto& same_time = want();
  pass(milliseconds(1));
  auto& later = want();
  fail(first);
  ASSERT_TRUE(same_time.error);
  EXPECT_EQ(same_time.error->type, ErrorType::connection_refused);
  EXPECT_FALSE(later.error);
  EXPECT_EQ(later.dials, 1) << "it deserves a dial of its own";
  EXPECT_EQ(pool().metrics().failed_dials, 1u);
}

TEST_F(ExclusiveDialsOf, F147_a_flood_to_an_origin_that_refuses_shares_few_dials) {
  make_known();
  for (Duration t{0}; t < std::chrono::minutes(1); t += milliseconds(10)) {
    auto& c = want();
    for (auto& other : all_) {
      if (other->dials == 1 && !other->error) {
        other->error = FakeExclusive::refused();
        fail(*other);
      }
    }
    if (!c.waits_for_dial()) pool().exclusive().leave_dials(c);
    while (!all_.empty() && all_.front()->error) {
      tried_ += all_.front()->dials;
      all_.pop_front();
    }
    pass(milliseconds(10));
  }
  EXPECT_LE(tried_ + dials(), 1 + 10 + 120 + 1);
  EXPECT_GE(tried_ + dials(), 100);
}

TEST_F(ExclusiveDialsOf, F147_and_requests_share_one_dial_at_a_time) {
  make_known();
  auto& tunnel = want();
  fail(tunnel);
  const auto before = net_.dials;
  auto& request = ask();
  EXPECT_EQ(net_.dials, before + 1);
  pass(milliseconds(1));
  auto& second = want();
  EXPECT_EQ(second.dials, 0);
  net_.refuse();
  EXPECT_TRUE(request.error);
  EXPECT_EQ(second.dials, 1) << "it came later";
  pass(milliseconds(1));
  auto& last = ask();
  EXPECT_EQ(net_.dials, before + 1);
  fail(second);
  EXPECT_EQ(net_.dials, before + 2);
  EXPECT_FALSE(last.error);
  net_.refuse();
}

TEST_F(ExclusiveDialsOf, F147_a_failure_holds_dials_ahead_of_need_back) {
  first_http1();
  live(std::chrono::seconds(2));
  auto& tunnel = want();
  const auto before = net_.dials;
  fail(tunnel);
  for (auto* c : std::vector(net_.connections)) c->close();
  turn();
  EXPECT_EQ(net_.dials, before);
  live(milliseconds(200));
  EXPECT_EQ(net_.dials, before + 1);
  connect_all_http1();
}

TEST_F(ExclusiveDialsOf, F147_one_that_ends_before_its_first_answer_has_failed) {
  make_known();
  auto& tunnel = want();
  tunnel.connect(pool());
  tunnel.connection->close();
  EXPECT_EQ(pool().metrics().failed_dials, 1u);
  EXPECT_NE(pool().report().last_failure.find("before its first answer"), std::string::npos);
}

TEST_F(ExclusiveDialsOf, one_that_we_end_has_not) {
  make_known();
  auto& tunnel = want();
  tunnel.connect(pool());
  tunnel.by_us = true;
  tunnel.connection->close();
  EXPECT_EQ(pool().metrics().failed_dials, 0u);
}

TEST_F(ExclusiveDialsOf, F147_an_answer_or_a_second_or_a_tunnel_ends_the_failing) {
  make_known();
  for (const int way : {0, 1, 2}) {
    fail(want());
    EXPECT_NE(pool().report().last_failure, "");
    pass(milliseconds(1));
    auto& c = want();
    c.connect(pool());
    EXPECT_NE(pool().report().last_failure, "") << "on trial";
    if (way == 0) c.answer();
    if (way == 1) live(std::chrono::seconds(2));
    if (way == 2) pool().exclusive().on_switched(c);
    EXPECT_EQ(pool().report().last_failure, "") << way;
    pool().exclusive().leave_dials(c);
  }
}

TEST_F(ExclusiveDialsOf, one_that_is_given_up_lets_the_next_begin) {
  auto& first = want();
  auto& second = want();
  EXPECT_EQ(second.dials, 0);
  pool().exclusive().leave_dials(first);
  pass(milliseconds(10));
  EXPECT_EQ(second.dials, 1);
}

TEST_F(ExclusiveDialsOf, without_room_the_dial_is_not_counted) {
  make_known();
  std::vector<FakeExclusive*> without;
  for (int i = 0; i < 30; ++i) {
    auto& c = *all_.emplace_back(std::make_unique<FakeExclusive>());
    c.has_room = false;
    pool().exclusive().want_dial(c);
    EXPECT_FALSE(c.waits_for_dial());
    without.push_back(&c);
  }
  for (auto* c : without) {
    c->has_room = true;
    pool().exclusive().want_dial(*c);
    EXPECT_EQ(c->dials, 1);
  }
}

TEST_F(ExclusiveDialsOf, F147_a_second_dial_for_one_is_a_try) {
  make_known();
  auto& login = want();
  for (int i = 0; i < 20; ++i) {
    pool().exclusive().leave_dials(login);
    pool().exclusive().want_dial(login);
  }
  EXPECT_EQ(login.dials, 1 + 10);
  live(std::chrono::seconds(1));
  EXPECT_EQ(login.dials, 1 + 10 + 1);
}

TEST_F(ExclusiveDialsOf, F096_those_that_wait_count_among_the_requests_that_wait) {
  settings_.max_pending = 2;
  want();  // is dialled
  EXPECT_FALSE(pool().exclusive().no_wait_for_dial());
  want();
  want();
  const auto full = pool().exclusive().no_wait_for_dial();
  ASSERT_TRUE(full);
  EXPECT_NE(full->detail.find("pool.max_pending is 2"), std::string::npos);
  EXPECT_TRUE(ask().error);
  pool().exclusive().leave_dials(*all_.back());
  EXPECT_FALSE(pool().exclusive().no_wait_for_dial());
}

TEST_F(ExclusiveDialsOf, what_waits_in_vain_is_told_why) {
  make_known();
  fail(want());
  const auto error = pool().exclusive().no_dial();
  EXPECT_EQ(error.type, ErrorType::connection_limit_reached);
  EXPECT_NE(error.detail.find("within 10 s"), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find("refused"), std::string::npos) << error.detail;
}

TEST_F(ExclusiveDialsOf, a_refusal_of_http1_holds_nothing_else_back) {
  first_http1();
  live(std::chrono::seconds(2));
  pool().exclusive().on_http1_asked();
  pool().exclusive().on_http1_refused();
  EXPECT_TRUE(pool().exclusive().expects_http1_refusal());
  EXPECT_NE(pool().exclusive().http1_refused().detail.find("asked again in 50 ms"),
            std::string::npos)
      << pool().exclusive().http1_refused().detail;
  for (auto* c : std::vector(net_.connections)) c->close();
  EXPECT_GT(net_.dialing.size(), 0u);
  connect_all_http1();
  pass(milliseconds(50));
  EXPECT_FALSE(pool().exclusive().expects_http1_refusal());
}

}  // namespace
}  // namespace ccnproxy::pool
