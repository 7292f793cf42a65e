#pragma once

#include <functional>
#include <map>

#include <boost/asio/io_context.hpp>
#include <spdlog/logger.h>

#include "ccnproxy/admin/source.h"
#include "ccnproxy/observe/access_log.h"

#include "active_config.h"
#include "worker_group.h"

namespace ccnproxy::daemon {

/// The admin endpoint's data source: carries questions to the workers' threads and answers back to
/// the main thread, on which all other calls happen.
///
/// Must outlive the workers' threads; `io` must outlive this.
class AdminSource final : public admin::Source {
 public:
  AdminSource(boost::asio::io_context& io, const ActiveConfig& active_config,
              const WorkerGroup& group, const observe::AccessLog& access_log,
              std::function<admin::Readiness()> readiness,
              std::function<admin::ReloadOutcome()> reload_outcome, spdlog::logger& log);

  const config::Config& config() const override { return active_config_.config(); }
  std::size_t workers() const override;
  void ask(std::size_t worker, std::function<void(admin::WorkerReport)> answer) override;
  admin::Readiness readiness() const override { return readiness_(); }
  std::size_t client_limit() const override { return group_.client_limit; }
  admin::ReloadOutcome reload_outcome() const override { return reload_outcome_(); }
  std::string log_level() const override;
  bool set_log_level(const std::string& level) override;
  std::uint64_t access_log_dropped() const override { return access_log_.dropped(); }

 private:
  void take(std::uint64_t question, admin::WorkerReport report);

  boost::asio::io_context& io_;
  const ActiveConfig& active_config_;
  const WorkerGroup& group_;
  const observe::AccessLog& access_log_;
  std::function<admin::Readiness()> readiness_;
  std::function<admin::ReloadOutcome()> reload_outcome_;
  spdlog::logger& log_;
  std::uint64_t last_question_ = 0;
  /// Callbacks by number: they stay on the main thread, so that a worker's thread never touches
  /// what they own.
  std::map<std::uint64_t, std::function<void(admin::WorkerReport)>> asking_;
};

}  // namespace ccnproxy::daemon
