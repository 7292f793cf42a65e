#include "stats_aggregator.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace ccnproxy::daemon {
namespace {

constexpr auto good_for = std::chrono::seconds(1);
constexpr auto worker_deadline = std::chrono::seconds(1);

}  // namespace

StatsAggregator::StatsAggregator(boost::asio::io_context& io, admin::Source& source)
    : io_(io), collector_(io.get_executor(), source, worker_deadline) {}

void StatsAggregator::ask(Answer answer) {
  boost::asio::post(io_, [this, answer = std::move(answer)]() mutable { take(std::move(answer)); });
}

void StatsAggregator::take(Answer answer) {
  const bool fresh = std::chrono::steady_clock::now() - looked_at_ < good_for;
  if (!last_.empty() && fresh && asking_.empty()) return answer(last_);
  asking_.push_back(std::move(answer));
  if (asking_.size() == 1)
    boost::asio::co_spawn(
        io_, [this] { return look(); }, boost::asio::detached);
}

boost::asio::awaitable<void> StatsAggregator::look() {
  const auto reports = co_await collector_.collect();
  last_ = stats_.render(*reports);
  last_.pop_back();  // the line end, which the sender adds
  looked_at_ = std::chrono::steady_clock::now();
  for (const auto& answer : std::exchange(asking_, {})) answer(last_);
}

}  // namespace ccnproxy::daemon
