// A walk over everything that origins do to connections and clients ask: how often an origin is
// dialled stays within the bounds of docs/pool-policy.md, "What an origin is asked at most".

#include <gtest/gtest.h>

#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/proxy/retry_policy.h"

#include "sim/dial_bounds.h"

namespace ccnproxy::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Clients, as wildly.
class Walk {
 public:
  explicit Walk(std::uint64_t seed)
      : random_(seed, 7, 1),
        bounds_(world_),
        origin_(world_, Random(seed, 7, 2).next(), bounds_),
        settings_(settings()),
        dialer_(origin_.dialer()),
        pool_({origin::Scheme::https, "origin.test", 443}, settings_, seconds(10), origin_.dialer(),
              context()),
        next_(world_, Delegate<void()>::to<&Walk::on_next>(this)),
        look_(world_, Delegate<void()>::to<&Walk::on_look>(this)),
        change_(world_, Delegate<void()>::to<&Walk::on_change>(this)) {
    bounds_.watch(pool_);
    if (random_.part() < 0.3) pool_.keep_for_ever();
  }

  const Bounds& run(Duration time) {
    on_change();
    on_look();
    on_next();
    world_.run_until(world_.now() + time);
    stopping_ = true;
    pool_.drain();
    look_.cancel();
    change_.cancel();
    world_.run_until(world_.now() + minutes(2));
    EXPECT_EQ(asked_, ended_);
    return bounds_;
  }

 private:
  class Request;
  class Tunnel;

  std::shared_ptr<const config::Pool> settings() {
    auto s = std::make_shared<config::Pool>();
    s->min_ready = static_cast<std::uint32_t>(1 + random_.next() % 4);
    s->max_connections = random_.part() < 0.3 ? 5 : 0;
    s->keep_warm = random_.part() < 0.3 ? seconds(20) : minutes(10);
    return s;
  }
  pool::PoolContext context() {
    pool::PoolContext context{std::make_shared<const pool::PoolWorker>(pool::PoolWorker{
        world_.timers(),
        [this](std::unique_ptr<DeferredDelete> o) { world_.defer_delete(std::move(o)); },
        [this] { return static_cast<std::uint32_t>(random_.next()); }, 0, world_.dials()})};
    return context;
  }
  void on_look() {
    bounds_.look();
    look_.set(world_.now() + milliseconds(100));
  }
  void on_change() {
    origin_.change();
    constexpr std::array<Duration, 5> gaps = {seconds(600), seconds(5), milliseconds(300),
                                              milliseconds(50), milliseconds(10)};
    gap_ = gaps[random_.next() % gaps.size()];
    burst_ = random_.part() < 0.2 ? 30 : 1;
    patient_ = random_.part() < 0.7;
    tunnels_ = random_.part() < 0.5 ? 0 : random_.part();
    next_.set(world_.now() + random_.exponential(gap_));
    change_.set(world_.now() + seconds(1) + random_.exponential(seconds(20)));
  }
  void on_next();

  World world_;
  Random random_;
  Bounds bounds_;
  WildOrigin origin_;
  std::shared_ptr<const config::Pool> settings_;
  std::unique_ptr<origin::Dialer> dialer_;  ///< of tunnels
  pool::OriginPool pool_;
  Alarm next_;
  Alarm look_;
  Alarm change_;
  Duration gap_ = seconds(1);
  std::size_t burst_ = 1;
  bool patient_ = true;
  double tunnels_ = 0;  ///< part of the requests
  bool stopping_ = false;
  std::size_t asked_ = 0;
  std::size_t ended_ = 0;
};

class Walk::Request final : public DeferredDelete,
                            public pool::StreamWaiter,
                            public origin::ResponseSink {
 public:
  Request(Walk& walk, bool idempotent, Duration patience)
      : walk_(walk),
        idempotent_(idempotent),
        leaves_(walk.world_, Delegate<void()>::to<&Request::leave>(this)) {
    ++walk_.asked_;
    leaves_.set(walk_.world_.now() + patience);
  }
  void begin(std::uint64_t avoid = 0) {
    walk_.bounds_.on_request();
    walk_.pool_.acquire(*this, avoid);
  }

 private:
  void on_connection(origin::OriginConnection& connection, observe::WaitResult) override {
    serial_ = connection.info().serial;
    stream_ = &connection.open(outgoing_, *this);
  }
  void on_no_connection(Error) override { end(); }
  void on_complete(const http::Fields&) override { end(); }
  void on_failure(Error error) override {
    stream_ = nullptr;
    const proxy::FailedAttempt attempt{error.proof, idempotent_, true, retries_, 2};
    if (!proxy::may_retry(attempt) || !walk_.pool_.retry_budget().take(walk_.world_.now()))
      return end();
    ++retries_;
    begin(serial_);
  }
  void leave() {
    leave_queue();
    if (auto* stream = std::exchange(stream_, nullptr)) stream->cancel();
    end();
  }
  void end() {
    if (std::exchange(over_, true)) return;
    ++walk_.ended_;
    leaves_.cancel();
    walk_.world_.defer_delete(std::unique_ptr<DeferredDelete>(this));
  }
  void on_informational(const http::ResponseHead&) override {}
  void on_response(const http::ResponseHead&, const http::BodyFraming&) override {}
  void on_body(std::string_view) override {}
  void on_flush() override {}
  void on_writable() override {}
  void on_stalled(const Error&) override {}

  Walk& walk_;
  bool idempotent_;
  Alarm leaves_;
  http::OutgoingRequest outgoing_;
  origin::OriginStream* stream_ = nullptr;
  std::uint64_t serial_ = 0;
  std::uint32_t retries_ = 0;
  bool over_ = false;
};

/// A request that needs a connection of its own, as DedicatedConnection dials it.
class Walk::Tunnel final : public DeferredDelete,
                           public pool::ExclusiveConnection,
                           private origin::ConnectionListener,
                           private origin::ResponseSink {
 public:
  Tunnel(Walk& walk, Duration patience)
      : walk_(walk), leaves_(walk.world_, Delegate<void()>::to<&Tunnel::leave>(this)) {
    ++walk_.asked_;
    leaves_.set(walk_.world_.now() + patience);
  }
  void begin() {
    walk_.bounds_.on_request();
    walk_.pool_.exclusive().want_dial(*this);
  }

 private:
  pool::ConnectionReport report(TimePoint) const override { return {}; }
  std::string_view peer_address() const override { return {}; }
  void end_after_request(std::string_view) override {}
  bool begin_dial() override {
    walk_.bounds_.expect_exclusive();
    dial_ = walk_.dialer_->dial(*this,
                                Delegate<void(origin::DialResult)>::to<&Tunnel::on_dialed>(this));
    return true;
  }
  void on_no_dial(Error) override { end(); }
  const origin::OriginConnection* origin_connection() const override { return connection_.get(); }
  bool ended_by_us() const override { return drained_; }

  void on_dialed(origin::DialResult result) {
    walk_.world_.defer_delete(std::move(dial_));
    if (!result) {
      walk_.pool_.exclusive().on_failed(*this, result.error());
      return end();
    }
    connection_ = std::move(*result);
    walk_.pool_.exclusive().on_connected(*this);
    if (connection_->capacity() == 0) return drain();
    stream_ = &connection_->open(outgoing_, *this);
  }
  void on_capacity(origin::OriginConnection&) override {
    if (over_) return;
    walk_.pool_.exclusive().on_change(*this);
    if (!stream_) drain();
  }
  void on_closed(origin::OriginConnection&, std::string_view) override {
    if (over_) return;
    walk_.pool_.exclusive().on_closed(*this);
    end();
  }
  void on_complete(const http::Fields&) override { stream_ = nullptr; }
  void on_failure(Error) override { stream_ = nullptr; }
  void drain() {
    if (!connection_->is_draining()) drained_ = true;
    connection_->drain("over");
  }
  void leave() {
    if (!connection_) {
      if (dial_) walk_.world_.defer_delete(std::move(dial_));
      return end();
    }
    if (auto* stream = std::exchange(stream_, nullptr)) stream->cancel();
    drain();
  }
  void end() {
    if (std::exchange(over_, true)) return;
    ++walk_.ended_;
    leaves_.cancel();
    walk_.pool_.exclusive().leave_dials(*this);
    walk_.world_.defer_delete(std::unique_ptr<DeferredDelete>(this));
  }
  void on_informational(const http::ResponseHead&) override {}
  void on_response(const http::ResponseHead&, const http::BodyFraming&) override {}
  void on_body(std::string_view) override {}
  void on_flush() override {}
  void on_writable() override {}
  void on_stalled(const Error&) override {}

  Walk& walk_;
  Alarm leaves_;
  http::OutgoingRequest outgoing_;
  std::unique_ptr<origin::Dial> dial_;
  std::unique_ptr<origin::OriginConnection> connection_;
  origin::OriginStream* stream_ = nullptr;
  bool drained_ = false;
  bool over_ = false;
};

void Walk::on_next() {
  if (stopping_) return;
  for (std::size_t i = 0; i < burst_; ++i) {
    const auto patience = patient_ ? Duration(seconds(30)) : random_.exponential(milliseconds(50));
    if (random_.part() < tunnels_) {
      (new Tunnel(*this, patience))->begin();  // retires itself
      continue;
    }
    pool_.retry_budget().on_request();
    (new Request(*this, random_.part() < 0.7, patience))->begin();  // retires itself
  }
  next_.set(world_.now() + random_.exponential(gap_) * burst_);
}

class DialBounds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DialBounds, F147_F148_hold_whatever_an_origin_does_and_clients_ask) {
  Walk walk(GetParam());
  const auto& bounds = walk.run(minutes(3));
  for (const auto& passed : bounds.passed()) ADD_FAILURE() << passed;
  EXPECT_GT(bounds.dials(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DialBounds, testing::Range<std::uint64_t>(1, 31));

}  // namespace
}  // namespace ccnproxy::sim
