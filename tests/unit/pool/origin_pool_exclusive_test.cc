// Connections beside a pool's own, which belong to one client each.

#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

class FakeExclusive final : public ExclusiveConnection {
 public:
  ConnectionReport report(TimePoint) const override {
    ConnectionReport r;
    r.state = "bound";
    return r;
  }
  std::string_view peer_address() const override { return address; }
  void end_after_request(std::string_view why) override {
    ended = why;
    leave_list();
  }

  std::string address = "192.0.2.1:443";
  std::string ended;
};

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
  pool().add_exclusive(bound);
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
    pool().add_exclusive(bound);
  }
  EXPECT_TRUE(pool().report().connections.empty());
}

TEST_F(OriginPoolExclusive, F123_an_idle_connection_makes_room_for_one) {
  settings_.max_connections = 1;
  auto& idle = first_http1();
  EXPECT_TRUE(pool().take_place());
  EXPECT_TRUE(idle.is_draining());
  turn();
  EXPECT_EQ(net_.dials, 1u) << "no place for another in its stead";
  EXPECT_FALSE(pool().take_place());
  pool().give_back_place();
  EXPECT_TRUE(pool().take_place());
  pool().give_back_place();
}

TEST_F(OriginPoolExclusive, F123_one_in_use_makes_none) {
  settings_.max_connections = 1;
  settings_.min_ready = 0;
  for (const bool http2 : {false, true}) {
    ask();
    auto& busy = http2 ? net_.connect_http2() : net_.connect_http1();
    EXPECT_FALSE(pool().take_place());
    EXPECT_FALSE(busy.is_draining());
    busy.end_stream();
    busy.close();
    turn();
  }
}

TEST_F(OriginPoolExclusive, F123_without_a_limit_nothing_has_to_go) {
  auto& idle = first_http1();
  EXPECT_TRUE(pool().take_place());
  EXPECT_FALSE(idle.is_draining());
  pool().give_back_place();
}

TEST_F(OriginPoolExclusive, F123_go_on_under_terms_that_concern_them_not) {
  FakeExclusive bound;
  pool().add_exclusive(bound);
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
  pool().add_exclusive(outdated);
  pool().add_exclusive(also);
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
  for (auto* c : {&prohibited, &elsewhere, &dialing}) pool().add_exclusive(*c);
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

}  // namespace
}  // namespace ccnproxy::pool
