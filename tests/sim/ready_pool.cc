#include "sim/ready_pool.h"

#include "ccnproxy/proxy/retry_policy.h"

#include "sim/sim_dialer.h"

namespace ccnproxy::sim {
namespace {
constexpr std::uint32_t retries_allowed = 2;  // retries.attempts
constexpr Duration queue_deadline = std::chrono::seconds(10);
}  // namespace

/// Does what proxy::Exchange does, as far as it concerns a pool.
class ReadyPool::Request final : public DeferredDelete,
                                 public pool::StreamWaiter,
                                 public origin::ResponseSink {
 public:
  Request(ReadyPool& owner, const Demand& demand) : owner_(owner), demand_(demand) {
    outgoing_.body.length = static_cast<std::uint64_t>(demand.service.count());
    ++owner_.requests_;
  }
  ~Request() override { --owner_.requests_; }

  void begin() { owner_.pool_.acquire(*this); }

 private:
  void on_connection(origin::OriginConnection& connection, observe::WaitResult found) override {
    if (outcome_.retries == 0) outcome_.found_ready = found == observe::WaitResult::ready;
    serial_ = connection.info().serial;
    connection.open(outgoing_, *this);
  }
  void on_no_connection(Error) override { end(true); }
  void on_complete(const http::Fields&) override { end(false); }
  void on_failure(Error error) override {
    const proxy::FailedAttempt attempt{error.proof, demand_.idempotent, true, outcome_.retries,
                                       retries_allowed};
    auto& pool = owner_.pool_;
    if (!proxy::may_retry(attempt) || !pool.retry_budget().take(owner_.world_.now()))
      return end(true);
    ++outcome_.retries;
    pool.acquire(*this, serial_);
  }
  void end(bool failed) {
    outcome_.failed = failed;
    if (demand_.counts) owner_.books_.on_request(owner_.origin_.habit(), outcome_);
    owner_.world_.defer_delete(std::unique_ptr<DeferredDelete>(this));
  }
  void on_informational(const http::ResponseHead&) override {}
  void on_response(const http::ResponseHead&, const http::BodyFraming&) override {}
  void on_body(std::string_view) override {}
  void on_flush() override {}
  void on_writable() override {}
  void on_stalled(const Error&) override {}

  ReadyPool& owner_;
  Demand demand_;
  http::OutgoingRequest outgoing_;
  Outcome outcome_;
  std::uint64_t serial_ = 0;
};

ReadyPool::ReadyPool(World& world, const OriginModel& origin, Books& books, std::uint64_t seed)
    : world_(world),
      origin_(origin),
      books_(books),
      random_(seed),
      pool_({origin::Scheme::https, "origin.test", 443}, std::make_shared<const config::Pool>(),
            queue_deadline, std::make_unique<SimDialer>(world, origin, books), context()) {}

pool::PoolContext ReadyPool::context() {
  pool::PoolContext context{std::make_shared<const pool::PoolWorker>(pool::PoolWorker{
      world_.timers(),
      [this](std::unique_ptr<DeferredDelete> object) { world_.defer_delete(std::move(object)); },
      [this] { return static_cast<std::uint32_t>(random_.next()); }, 0, world_.dials()})};
  context.shared = shared_;
  return context;
}

void ReadyPool::ask(const Demand& demand) {
  pool_.retry_budget().on_request();
  (new Request(*this, demand))->begin();  // retires itself
}

/// That there is room for one under a limit of one says that the count is at 0.
bool ReadyPool::empty() const {
  if (!pool_.empty() || requests_ > 0 || pool_.waiting() > 0) return false;
  const bool none_open = shared_->take_connection(0, 1);
  if (none_open) shared_->give_back_connection(0);
  const bool none_waits = shared_->take_waiting(1);
  if (none_waits) shared_->give_back_waiting();
  return none_open && none_waits;
}

}  // namespace ccnproxy::sim
