#include "ccnproxy/daemon/daemon.h"

#include <atomic>
#include <csignal>
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sched.h>
#include <spdlog/logger.h>
#include <sys/resource.h>

#include "ccnproxy/admin/server.h"
#include "ccnproxy/base/sd_notify.h"
#include "ccnproxy/config/command_line.h"
#include "ccnproxy/daemon/admin_source.h"
#include "ccnproxy/daemon/shared.h"
#include "ccnproxy/daemon/warm_start.h"
#include "ccnproxy/daemon/worker.h"
#include "ccnproxy/observe/access_log.h"
#include "ccnproxy/observe/process_log.h"

namespace ccnproxy::daemon {
namespace {

namespace asio = boost::asio;

constexpr auto log_flush_deadline = std::chrono::seconds(2);

std::size_t worker_count(const config::Config& config) {
  if (config.workers > 0) return config.workers;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(0, sizeof cpus, &cpus) < 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&cpus)));
}

/// Each client and each connection to an origin is a descriptor.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Starts everything, then lives by its signals.
class Daemon {
 public:
  explicit Daemon(const config::Config& config)
      : log_(observe::make_process_log(config.log)),
        shared_(config),
        access_log_(config.log.access, log_flush_deadline),
        group_(worker_count(config), config.limits.clients),
        warm_start_(io_, shared_.config(), group_, *log_),
        signals_(io_, SIGTERM, SIGINT, SIGUSR1),
        drain_deadline_(io_),
        admin_source_(io_, group_, access_log_, [this] { return readiness(); }) {
    bind_admin();
    bind();
  }

  void run() {
    for (auto& worker : workers_)
      worker->start([this] { asio::post(io_, [this] { on_worker_end(); }); });
    running_ = workers_.size();
    log_->info("ccnproxy {} is serving with {} workers", CCNPROXY_VERSION, workers_.size());
    warm_start_.begin([this] {
      sd_notify("READY=1\nSTATUS=serving");
      log_->info("ready");
    });
    asio::co_spawn(io_, live(), asio::detached);
    io_.run();
    for (auto& worker : workers_) worker->join();
    log_->info("ended");
  }

 private:
  void bind_admin() {
    const auto& address = shared_.config().admin.address;
    if (!address) return;
    auto socket = std::move(bind_listener(*address, 1).front());
    log_->info("admin endpoint listening on {}", socket.address);
    admin_ =
        std::make_unique<admin::Server>(io_, std::move(socket.fd), admin_source_, shared_.config());
  }

  admin::Readiness readiness() const {
    if (draining_) return {false, "draining"};
    if (!warm_start_.is_ready()) return {false, warm_start_.waiting_for()};
    return {};
  }

  void bind() {
    const auto& config = shared_.config();
    const auto count = worker_count(config);
    std::vector<std::vector<ListeningSocket>> sockets(count);
    for (const auto& address : config.listeners) {
      auto bound = bind_listener(address, count);
      log_->info("listening on {}", bound.front().address);
      for (std::size_t i = 0; i < count; ++i) sockets[i].push_back(std::move(bound[i]));
    }
    for (auto& own : sockets) {
      workers_.push_back(std::make_unique<Worker>(shared_, group_, workers_.size(),
                                                  access_log_.make_writer(), std::move(own)));
      group_.members.push_back(workers_.back().get());
    }
  }

  asio::awaitable<void> live() {
    for (;;) {
      const auto signal = co_await signals_.async_wait(asio::use_awaitable);
      if (signal == SIGUSR1) {
        access_log_.reopen();
      } else if (std::exchange(draining_, true)) {
        log_->warn("second signal: ending at once");
        kill();
      } else {
        drain(signal);
      }
    }
  }

  void drain(int signal) {
    const auto limit = shared_.config().timeouts.drain;
    log_->info("{}: draining, for at most {} s", signal == SIGTERM ? "SIGTERM" : "SIGINT",
               std::chrono::duration_cast<std::chrono::seconds>(limit).count());
    sd_notify("STOPPING=1\nSTATUS=draining");
    warm_start_.finish([this] {
      for (auto& worker : workers_) worker->drain();
    });
    drain_deadline_.expires_after(limit);
    drain_deadline_.async_wait([this](const auto& error) {
      if (error) return;
      log_->warn("timeouts.drain is over: ending what still runs");
      kill();
    });
  }

  void kill() {
    for (auto& worker : workers_) worker->kill();
  }

  void on_worker_end() {
    if (--running_ > 0) return;
    drain_deadline_.cancel();
    signals_.cancel();
    io_.stop();
  }

  std::shared_ptr<spdlog::logger> log_;
  Shared shared_;
  observe::AccessLog access_log_;
  asio::io_context io_{1};
  WorkerGroup group_;
  WarmStart warm_start_;
  asio::signal_set signals_;
  asio::steady_timer drain_deadline_;
  AdminSource admin_source_;
  std::unique_ptr<admin::Server> admin_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t running_ = 0;
  bool draining_ = false;
};

}  // namespace

int serve(const config::Config& config) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  try {
    Daemon(config).run();
    return config::exit_ok;
  } catch (const std::exception& e) {
    std::cerr << "ccnproxy: " << e.what() << '\n';
    return config::exit_configuration;
  }
}

}  // namespace ccnproxy::daemon
