#include "admin_source.h"

#include <boost/asio/post.hpp>

#include "ccnproxy/observe/log_level.h"

#include "worker.h"

namespace ccnproxy::daemon {

AdminSource::AdminSource(boost::asio::io_context& io, const ActiveConfig& active_config,
                         const WorkerGroup& group, const observe::AccessLog& access_log,
                         std::function<admin::Readiness()> readiness,
                         std::function<admin::ReloadOutcome()> reload_outcome, spdlog::logger& log)
    : io_(io),
      active_config_(active_config),
      group_(group),
      access_log_(access_log),
      readiness_(std::move(readiness)),
      reload_outcome_(std::move(reload_outcome)),
      log_(log) {}

std::size_t AdminSource::workers() const { return group_.members.size(); }

void AdminSource::ask(std::size_t worker, std::function<void(admin::WorkerReport)> answer) {
  const auto question = ++last_question_;
  asking_.emplace(question, std::move(answer));
  group_.members[worker]->ask_report([this, question](admin::WorkerReport report) {
    boost::asio::post(io_, [this, question, report = std::move(report)]() mutable {
      take(question, std::move(report));
    });
  });
}

std::string AdminSource::log_level() const {
  return std::string(observe::log_level_word(log_.level()));
}

/// Logged at any level: a later reader of the log sees why its volume changed.
bool AdminSource::set_log_level(const std::string& level) {
  const auto parsed = observe::parse_log_level(level);
  if (!parsed) return false;
  const auto before = log_level();
  log_.set_level(spdlog::level::info);
  log_.info("the log's level was {} and is {}, as the admin endpoint was told", before, level);
  log_.set_level(*parsed);
  return true;
}

void AdminSource::take(std::uint64_t question, admin::WorkerReport report) {
  const auto asked = asking_.extract(question);
  asked.mapped()(std::move(report));
}

}  // namespace ccnproxy::daemon
