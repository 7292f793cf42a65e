#include "reload.h"

#include <sstream>

#include <boost/asio/post.hpp>

#include "ccnproxy/base/sd_notify.h"
#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/observe/log_level.h"
#include "ccnproxy/origin/path_tuning.h"

#include "worker.h"

namespace ccnproxy::daemon {
namespace {

/// A worker goes on at the end of its turn.
constexpr auto patience = std::chrono::seconds(10);
/// A reload that changes more keys than these is summed up.
constexpr std::size_t most_lines = 100;

/// As systemd compares it (CLOCK_MONOTONIC).
std::string monotonic_usec() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

Reload::Reload(boost::asio::io_context& io, Reread reread, ActiveConfig& active_config,
               WorkerGroup& group, WarmStart& warm_start, spdlog::logger& log,
               std::function<std::string()> status)
    : io_(io),
      reread_(std::move(reread)),
      active_config_(active_config),
      group_(group),
      warm_start_(warm_start),
      log_(log),
      status_(std::move(status)),
      deadline_(io),
      outcome_{.last_success = std::chrono::system_clock::now()} {}

/// Before it is ready, the service manager is told nothing: READY=1 would not be true.
void Reload::begin() {
  if (outcome_.running) {
    again_ = true;
    return;
  }
  ++outcome_.begun;
  outcome_.running = true;
  outcome_.faults.clear();
  outcome_.postponed.clear();
  telling_ = may_tell_ && warm_start_.is_ready();
  if (telling_) sd_notify("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec());
  const auto wanted = read();
  if (!wanted || !activate(*wanted)) {
    log_.error("SIGHUP: the configuration can't be used; nothing is changed");
    end(false);
  }
}

std::optional<config::Config> Reload::read() {
  auto parsed = reread_();
  if (parsed.invocation) return std::move(parsed.invocation->config);
  std::istringstream lines(parsed.errors);
  for (std::string line; std::getline(lines, line);) add_fault(line);
  return std::nullopt;
}

bool Reload::activate(const config::Config& wanted) {
  auto plan = plan_reload(active_config_.config(), wanted);
  std::shared_ptr<const WorkerConfig> worker_config;
  try {
    worker_config = std::make_shared<const WorkerConfig>(std::move(plan.active_config),
                                                         *active_config_.worker_config);
  } catch (const StartupError& fault) {  // a file that was right a moment ago
    add_fault(fault.what());
    return false;
  } catch (const std::exception&) {
    add_fault("an internal error; please report the configuration");
    return false;
  }
  say(plan, *worker_config);
  active_config_.worker_config = std::move(worker_config);
  split_descriptors();
  set_log_level();
  warm_start_.follow_state_file();
  spread();
  return true;
}

void Reload::say(const ReloadPlan& plan, const WorkerConfig& worker_config) {
  std::size_t lines = 0;
  for (const auto& change : plan.applied) {
    if (++lines <= most_lines) log_.info("SIGHUP: {}: {}", change.key, change.text);
  }
  if (lines > most_lines) log_.info("SIGHUP: and {} keys more", lines - most_lines);
  for (const auto& file : worker_config.changed_files())
    log_.info("SIGHUP: {} is not what it was: connections by it are replaced", file);
  for (const auto& change : plan.postponed) {
    auto line = change.key + ": ";
    line.append(change.text).append(" holds from the next start on (restart or SIGUSR2)");
    add_postponed(line);
  }
  if (plan.applied.empty() && worker_config.changed_files().empty())
    log_.info("SIGHUP: the configuration is the one in force");
}

/// Workers that hold more connections now than they may let idle ones go when they adopt it.
void Reload::split_descriptors() {
  const auto budget = DescriptorBudget::split(
      descriptor_needs(active_config_.config(), group_.members.size(), group_.open_at_start));
  group_.client_limit = budget.clients;
  group_.overflow_limit = budget.overflow;
  group_.connections->set_limit(budget.origins);
}

/// Back to the configured level, if it was changed at runtime.
void Reload::set_log_level() {
  const auto level = observe::parse_log_level(active_config_.config().log.level);
  if (!level || *level == log_.level()) return;
  log_.info("SIGHUP: the log's level was {} and is {}", observe::log_level_word(log_.level()),
            active_config_.config().log.level);
  log_.set_level(*level);
}

void Reload::spread() {
  const auto round = outcome_.begun;
  missing_ = group_.members.size();
  for (auto* worker : group_.members) {
    worker->adopt(active_config_.worker_config,
                  [this, round] { boost::asio::post(io_, [this, round] { on_adopted(round); }); });
  }
  deadline_.expires_after(patience);
  deadline_.async_wait([this](const auto& error) {
    if (!error) on_silence();
  });
}

void Reload::on_adopted(std::uint64_t round) {
  if (round != outcome_.begun || --missing_ > 0) return;
  deadline_.cancel();
  for (const auto& line : origin::tcp_shortcomings(active_config_.config()))
    log_.warn("SIGHUP: " + line);
  log_.info("SIGHUP: in force");
  end(true);
}

/// Goes on when it moves again: what it is to do waits in its loop.
void Reload::on_silence() {
  add_fault(std::to_string(missing_) + " workers do not answer; they serve by what held before");
  end(false);
}

void Reload::end(bool successful) {
  outcome_.successful = successful;
  if (successful) {
    outcome_.faults.clear();  // a worker that was late
    outcome_.last_success = std::chrono::system_clock::now();
  }
  outcome_.running = false;
  if (std::exchange(telling_, false)) sd_notify("READY=1\nSTATUS=" + status_());
  if (std::exchange(again_, false)) begin();
}

void Reload::add_fault(const std::string& line) {
  log_.error("SIGHUP: {}", line);
  if (outcome_.faults.size() < most_lines) outcome_.faults.push_back(line);
}

void Reload::add_postponed(const std::string& line) {
  log_.warn("SIGHUP: {}", line);
  if (outcome_.postponed.size() < most_lines) outcome_.postponed.push_back(line);
}

void Reload::stop_telling() {
  telling_ = may_tell_ = again_ = false;
  outcome_.ending = true;
  deadline_.cancel();
}

}  // namespace ccnproxy::daemon
