#include "hot_restart.h"

#include <system_error>

#include "ccnproxy/base/sd_notify.h"
#include "ccnproxy/origin/origin_settings.h"

#include "worker.h"
#include "worker_barrier.h"

namespace ccnproxy::daemon {
namespace {

/// What a process needs until it dials, on a busy machine.
constexpr auto start_time = std::chrono::seconds(10);
constexpr auto barrier_timeout = std::chrono::milliseconds(1000);

}  // namespace

HotRestart::HotRestart(boost::asio::io_context& io, const ActiveConfig& active_config,
                       WorkerGroup& group, WarmStart& warm_start, spdlog::logger& log)
    : active_config_(active_config),
      group_(group),
      warm_start_(warm_start),
      log_(log),
      child_(io) {}

void HotRestart::begin(const std::vector<int>& listening, std::function<void()> on_ready) {
  warm_start_.collect([this, listening, on_ready = std::move(on_ready)](const std::string& state) {
    const auto barrier = std::make_shared<WorkerBarrier>();
    for (auto* worker : group_.members) worker->wait_at(barrier);
    const bool still = barrier->await(group_.members.size(), barrier_timeout);
    if (still) start(listening, state, on_ready);
    barrier->release();
    if (!still) log_.error("SIGUSR2: a worker does not answer; nothing is started");
  });
}

void HotRestart::start(const std::vector<int>& listening, const std::string& state,
                       std::function<void()> on_ready) {
  const auto patience = std::chrono::duration_cast<std::chrono::seconds>(
                            origin::longest_dial(active_config_.config().timeouts)) +
                        start_time;
  try {
    const bool begun = child_.start(listening, state, patience,
                                    [this, on_ready = std::move(on_ready)](const auto& outcome) {
                                      on_outcome(outcome, on_ready);
                                    });
    log_.info(begun ? "SIGUSR2: the next process is starting"
                    : "SIGUSR2: the next process is starting already");
  } catch (const std::system_error& e) {
    log_.error("SIGUSR2: the next process can't be started: {}", e.code().message());
  } catch (const std::exception&) {
    log_.error("SIGUSR2: the next process can't be started: an internal error");
  }
}

void HotRestart::on_outcome(const ChildProcess::Outcome& outcome,
                            const std::function<void()>& on_ready) {
  if (!outcome.fault.empty())
    return log_.error("no next process: {}; this one serves on", outcome.fault);
  log_.info("process {} is ready", outcome.pid);
  sd_notify("MAINPID=" + std::to_string(outcome.pid));
  on_ready();
}

}  // namespace ccnproxy::daemon
