#include "ccnproxy/admin/collector.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "ccnproxy/base/free_heap.h"

namespace ccnproxy::admin {

namespace asio = boost::asio;

namespace {

constexpr std::size_t many_pools = 1000;

/// Those of thousands of pools are megabytes, in many pieces.
void destroy(const Reports* reports) {
  std::size_t pools = 0;
  for (const auto& worker : reports->workers) pools += worker.pools.size();
  delete reports;
  if (pools >= many_pools) release_free_heap();
}

}  // namespace

/// Shared by the callers of one round. Late answers find no round: their callbacks may outlive the
/// io_context, which the timer may not.
struct Collector::Round {
  Round(const asio::any_io_executor& executor, std::size_t workers)
      : answers(workers), missing(workers), over(executor) {}

  void take(std::size_t worker, WorkerReport report);
  /// What is here now; the first call takes it, later ones get the same.
  std::shared_ptr<const Reports> result();

  std::vector<std::optional<WorkerReport>> answers;
  std::size_t missing;
  asio::steady_timer over;  ///< expires at the deadline, cancelled when all have answered
  std::shared_ptr<const Reports> reports;
};

void Collector::Round::take(std::size_t worker, WorkerReport report) {
  if (reports || answers[worker]) return;
  report.worker = worker;
  answers[worker] = std::move(report);
  if (--missing == 0) over.cancel();
}

std::shared_ptr<const Reports> Collector::Round::result() {
  if (reports) return reports;
  const auto taken = std::shared_ptr<Reports>(new Reports, destroy);
  for (std::size_t worker = 0; worker < answers.size(); ++worker) {
    if (answers[worker])
      taken->workers.push_back(std::move(*answers[worker]));
    else
      taken->silent.push_back(worker);
  }
  answers.clear();
  return reports = taken;
}

Collector::Collector(asio::any_io_executor executor, Source& source,
                     std::chrono::milliseconds deadline)
    : executor_(std::move(executor)), source_(source), deadline_(deadline) {}

std::shared_ptr<Collector::Round> Collector::begin() {
  auto round = std::make_shared<Round>(executor_, source_.workers());
  round->over.expires_after(deadline_);
  for (std::size_t worker = 0; worker < round->answers.size(); ++worker) {
    source_.ask(worker, [asked = std::weak_ptr(round), worker](WorkerReport report) {
      if (const auto still = asked.lock()) still->take(worker, std::move(report));
    });
  }
  return round;
}

asio::awaitable<std::shared_ptr<const Reports>> Collector::collect() {
  if (!running_) running_ = begin();
  const auto round = running_;
  if (round->missing > 0 && !round->reports)
    co_await round->over.async_wait(asio::as_tuple(asio::use_awaitable));
  if (running_ == round) running_.reset();
  co_return round->result();
}

}  // namespace ccnproxy::admin
