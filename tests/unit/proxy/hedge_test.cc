// A second attempt beside the first: which answer counts, and what becomes of the other one.

#include "ccnproxy/proxy/hedge.h"

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::proxy {
namespace {

using namespace std::chrono_literals;
using Outcome = Hedge::Outcome;

/// Whose first attempt it is: notes what it is told.
class FirstAttempt final : public HedgedRequest, public origin::ResponseSink {
 public:
  void on_hedge_won(origin::OriginStream& stream, origin::OriginConnection& connection,
                    bool reused) override {
    reused_connection = reused;
    won = &stream;
    told += "won on " + std::to_string(connection.info().serial) + ", ";
  }
  void on_informational(const http::ResponseHead&) override { told += "informational, "; }
  void on_response(const http::ResponseHead&, const http::BodyFraming&) override {
    told += "response, ";
  }
  void on_body(std::string_view) override { told += "body, "; }
  void on_flush() override { told += "flush, "; }
  void on_complete(const http::Fields&) override { told += "complete, "; }
  void on_failure(Error) override { told += "failure, "; }
  void on_writable() override { told += "writable, "; }
  void on_stalled(const Error&) override { told += "stalled, "; }

  origin::OriginStream* won = nullptr;
  bool reused_connection = true;
  std::string told;
};

class HedgeTest : public pool::PoolFixture {
 protected:
  HedgeTest() {
    settings_.min_ready = 1;
    hedging_.enabled = true;
    hedging_.after = 100ms;
    net_.rtt = 100ms;
  }
  ~HedgeTest() override { hedge_.drop(); }

  /// Two connections of a far origin, a request on the first one.
  void send(origin::Protocol protocol = origin::Protocol::http2) {
    const std::size_t limit = protocol == origin::Protocol::http2 ? 100 : 1;
    auto& knows = ask();
    auto& first = net_.connect(protocol, limit);
    while (net_.connections.size() < 2) net_.connect(protocol, limit);
    serial_ = knows.serial;
    first_ = &first;
    second_ = net_.connections[0] == &first ? net_.connections[1] : net_.connections[0];
    ASSERT_TRUE(pool().may_hedge());
    hedge_.watch(pool(), request_, serial_);
  }
  /// Timers fire up to a tick later.
  void late() { pass(100ms + TimerWheel::tick); }
  observe::OriginMetrics& metrics() { return pool().metrics(); }

  http::OutgoingRequest request_;
  http::ResponseHead head_;
  std::uint64_t serial_ = 0;
  pool::FakeConnection* first_ = nullptr;
  pool::FakeConnection* second_ = nullptr;
  FirstAttempt exchange_;
  Hedge hedge_{wheel_, exchange_, exchange_};
};

TEST_F(HedgeTest, a_late_answer_is_asked_for_again_on_another_connection) {
  send();
  pass(90ms);
  EXPECT_EQ(second_->streams(), 0u);
  pass(10ms + TimerWheel::tick);
  EXPECT_EQ(second_->streams(), 1u);
  EXPECT_EQ(exchange_.told, "");
}

TEST_F(HedgeTest, an_answer_in_time_is_not) {
  send();
  pass(50ms);
  hedge_.settle();
  late();
  EXPECT_EQ(second_->requests(), 0u);
  EXPECT_EQ(hedge_.outcome(), Outcome::none);
}

TEST_F(HedgeTest, when_the_second_answers_first_all_that_follows_is_its_own) {
  send();
  late();
  auto& sink = *second_->sink;
  sink.on_flush();
  sink.on_response(head_, {});
  sink.on_body("x");
  sink.on_flush();
  sink.on_complete({});
  EXPECT_EQ(exchange_.told,
            "won on " + std::to_string(second_->serial()) + ", response, body, flush, complete, ");
  EXPECT_EQ(hedge_.outcome(), Outcome::won);
  EXPECT_EQ(metrics().hedges[1], 1u);
  EXPECT_EQ(second_->cancelled, 0) << "the stream is the exchange's";
  EXPECT_FALSE(exchange_.reused_connection) << "it is the first request there";
  hedge_.settle();
  EXPECT_EQ(hedge_.outcome(), Outcome::won) << "of the answer that it has forwarded";
}

TEST_F(HedgeTest, an_interim_response_is_an_answer) {
  send();
  late();
  second_->sink->on_informational(head_);
  EXPECT_EQ(hedge_.outcome(), Outcome::won);
  EXPECT_EQ(exchange_.told, "won on " + std::to_string(second_->serial()) + ", informational, ");
}

TEST_F(HedgeTest, when_the_first_answers_first_the_second_is_cancelled) {
  send();
  late();
  hedge_.settle();
  EXPECT_EQ(second_->cancelled, 1);
  EXPECT_EQ(exchange_.told, "");
  EXPECT_EQ(hedge_.outcome(), Outcome::lost);
  EXPECT_EQ(metrics().hedges[0], 1u);
}

TEST_F(HedgeTest, when_the_first_fails_the_second_takes_its_place) {
  send();
  EXPECT_FALSE(hedge_.take_over()) << "there is none yet";
  late();
  EXPECT_TRUE(hedge_.take_over());
  EXPECT_NE(exchange_.won, nullptr);
  second_->sink->on_failure({});
  EXPECT_EQ(exchange_.told, "won on " + std::to_string(second_->serial()) + ", failure, ");
}

TEST_F(HedgeTest, when_the_second_fails_or_stalls_nothing_is_seen_of_it) {
  send();
  late();
  second_->sink->on_failure({});
  EXPECT_EQ(exchange_.told, "");
  EXPECT_EQ(hedge_.outcome(), Outcome::lost);
  EXPECT_FALSE(hedge_.take_over());
  hedge_.watch(pool(), request_, serial_);
  pass(1s);
  hedge_.drop();
  EXPECT_EQ(exchange_.told, "");
}

TEST_F(HedgeTest, a_second_attempt_without_a_sign_of_life_is_given_up) {
  send();
  late();
  second_->sink->on_stalled({});
  EXPECT_EQ(second_->cancelled, 1);
  EXPECT_EQ(exchange_.told, "");
}

TEST_F(HedgeTest, requests_keep_away_from_a_connection_whose_answer_is_late) {
  send();
  EXPECT_EQ(ask().connection, first_) << "the fullest, as the path loses nothing that is known";
  late();
  EXPECT_EQ(ask().connection, second_);
  second_->end_stream();
  second_->end_stream();
  EXPECT_EQ(ask().connection, second_) << "although it is idle now";
  second_->end_stream();
  first_->receive(1000);
  EXPECT_EQ(ask().connection, first_) << "the lost packet has come";
}

TEST_F(HedgeTest, without_another_connection_there_is_none) {
  send(origin::Protocol::http1);
  second_->close();
  turn();
  late();
  EXPECT_EQ(hedge_.outcome(), Outcome::none);
  EXPECT_EQ(metrics().hedges[0] + metrics().hedges[1], 0u);
}

TEST_F(HedgeTest, near_origins_have_none) {
  net_.rtt = 1ms;
  ask();
  net_.connect_http2();
  EXPECT_FALSE(pool().may_hedge());
}

TEST_F(HedgeTest, they_are_off_unless_configured) {
  hedging_.enabled = false;
  ask();
  net_.connect_http2();
  EXPECT_FALSE(pool().may_hedge());
}

TEST_F(HedgeTest, they_count_as_no_request_that_found_a_connection) {
  send();
  const auto waits = metrics().waits;
  late();
  EXPECT_EQ(second_->streams(), 1u);
  EXPECT_EQ(metrics().waits, waits);
}

}  // namespace
}  // namespace ccnproxy::proxy
