#pragma once

#include <map>
#include <set>

#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// Workers of a test. Those in `held` keep their answers until release().
class FakeSource final : public Source {
 public:
  explicit FakeSource(std::size_t workers = 1) { reports_.resize(workers); }

  const config::Config& config() const override { return settings; }
  std::size_t workers() const override { return reports_.size(); }
  void ask(std::size_t worker, std::function<void(WorkerReport)> answer) override {
    ++asked;
    if (held.count(worker) > 0)
      waiting_.emplace(worker, std::move(answer));
    else
      answer(reports_[worker]);
  }
  Readiness readiness() const override { return ready; }
  std::size_t client_limit() const override { return 1000; }
  std::uint64_t access_log_dropped() const override { return 0; }
  ReloadOutcome reload_outcome() const override { return reloaded; }
  std::string log_level() const override { return level; }
  bool set_log_level(const std::string& wanted) override {
    if (wanted != "info" && wanted != "debug") return false;
    level = wanted;
    return true;
  }

  WorkerReport& report(std::size_t worker) { return reports_.at(worker); }
  void release() {
    held.clear();
    for (auto& [worker, answer] : std::exchange(waiting_, {})) answer(reports_[worker]);
  }

  config::Config settings;
  std::set<std::size_t> held;
  std::size_t asked = 0;
  Readiness ready;
  ReloadOutcome reloaded;
  std::string level = "info";

 private:
  std::vector<WorkerReport> reports_;
  std::multimap<std::size_t, std::function<void(WorkerReport)>> waiting_;
};

}  // namespace ccnproxy::admin
