#include "watchdog.h"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace ccnproxy::daemon {
namespace {

namespace asio = boost::asio;

/// As sd_watchdog_enabled(3) advises: one late ping does no harm.
constexpr int pings_per_timeout = 2;
/// A manager may ask for a microsecond; we have better to do.
constexpr std::chrono::microseconds shortest_interval = std::chrono::milliseconds(1);

std::string listed(const std::vector<std::size_t>& members) {
  std::string text;
  for (const auto member : members) text += (text.empty() ? "" : ", ") + std::to_string(member);
  return text;
}

}  // namespace

Watchdog::Watchdog(asio::io_context& io, std::size_t members, Ask ask, Tell tell, Status status,
                   spdlog::logger& log)
    : io_(io),
      pending_(members),
      ask_(std::move(ask)),
      tell_(std::move(tell)),
      status_(std::move(status)),
      log_(log),
      timer_(io) {}

void Watchdog::begin(std::chrono::microseconds timeout) {
  interval_ = std::max(timeout / pings_per_timeout, shortest_interval);
  ask_all();
  wait();
}

void Watchdog::beat() {
  const auto silent = asking_ ? pending_.silent() : std::vector<std::size_t>{};
  if (silent.empty()) {
    tell_("WATCHDOG=1\nSTATUS=" + status_());
  } else {
    complain(silent);
  }
  if (asking_) ask_all();
  wait();
}

void Watchdog::ask_all() {
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (!pending_.ask(i)) continue;
    ask_(i, [this, i] { asio::post(io_, [this, i] { pending_.answer(i); }); });
  }
}

void Watchdog::complain(const std::vector<std::size_t>& silent) {
  const auto text = "worker " + listed(silent) + " does not answer; no watchdog ping";
  log_.error("{}", text);
  tell_("STATUS=" + text);
}

void Watchdog::wait() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](const auto& error) {
    if (!error) beat();
  });
}

}  // namespace ccnproxy::daemon
