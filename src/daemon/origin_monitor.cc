#include "origin_monitor.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ccnproxy::daemon {

namespace asio = boost::asio;

namespace {

constexpr int one_part_in = 1000;

TimePoint now() { return std::chrono::steady_clock::now(); }

}  // namespace

Duration pause_after(Duration look, const OriginMonitor::Times& times) {
  return std::clamp(look * one_part_in, times.least_pause, times.most_pause);
}

OriginMonitor::OriginMonitor(asio::io_context& io, admin::Source& source, spdlog::logger& log,
                             Times times)
    : io_(io),
      log_(log),
      times_(times),
      collector_(io.get_executor(), source, times.worker_deadline),
      timer_(io) {}

void OriginMonitor::begin() {
  asio::co_spawn(
      io_, [this] { return run(); }, asio::detached);
}

void OriginMonitor::stop() {
  stopped_ = true;
  timer_.cancel();
}

asio::awaitable<void> OriginMonitor::run() {
  for (auto pause = times_.least_pause; !stopped_;) {
    timer_.expires_after(pause);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (stopped_) co_return;
    const auto asked_at = now();
    const auto reports = co_await collector_.collect();
    if (stopped_) co_return;
    const auto answered_at = now();
    if (reports->silent.empty()) log(watch_.look(admin::OriginsHealth(*reports), answered_at));
    pause = pause_after(answered_at - asked_at, times_);
  }
}

void OriginMonitor::log(const std::vector<admin::OriginWatch::Line>& lines) {
  for (const auto& line : lines)
    log_.log(line.is_warning ? spdlog::level::warn : spdlog::level::info, "{}", line.text);
}

}  // namespace ccnproxy::daemon
