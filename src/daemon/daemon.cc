#include "ccnproxy/daemon/daemon.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <system_error>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sched.h>
#include <spdlog/logger.h>

#include "ccnproxy/admin/server.h"
#include "ccnproxy/base/free_heap.h"
#include "ccnproxy/base/sd_notify.h"
#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/base/startup_memory.h"
#include "ccnproxy/config/command_line.h"
#include "ccnproxy/daemon/worker_config.h"
#include "ccnproxy/net/kernel_settings.h"
#include "ccnproxy/observe/access_log.h"
#include "ccnproxy/observe/process_log.h"
#include "ccnproxy/origin/path_tuning.h"

#include "admin_source.h"
#include "child_process.h"
#include "descriptor_budget.h"
#include "descriptor_limit.h"
#include "hot_restart.h"
#include "inherited_sockets.h"
#include "origin_monitor.h"
#include "pid_file.h"
#include "reload.h"
#include "stats_aggregator.h"
#include "warm_start.h"
#include "watchdog.h"
#include "worker.h"

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

/// Such a listener would be found at another port after a restart.
bool has_port_of_chance(const config::Config& config) {
  const auto is_one = [](const config::ListenAddress& address) {
    return address.unix_path.empty() && address.port == 0;
  };
  return (config.admin.address && is_one(*config.admin.address)) ||
         std::any_of(config.listeners.begin(), config.listeners.end(), is_one);
}

/// Starts everything, then lives by its signals.
class Daemon {
 public:
  Daemon(std::shared_ptr<WorkerConfig> worker_config, config::KeyPlaces places,
         std::function<config::Parsed()> reread)
      : places_(std::move(places)),
        log_(observe::make_process_log(worker_config->config().log)),
        active_config_{worker_config},
        access_log_(active_config_.config().log.access, log_flush_deadline),
        descriptors_(DescriptorBudget::split(descriptor_needs(
            active_config_.config(), worker_count(active_config_.config()), open_at_start_))),
        group_(worker_count(active_config_.config()), descriptors_),
        warm_start_(io_, active_config_, group_, *log_),
        hot_restart_(io_, active_config_, group_, warm_start_, *log_),
        reload_(io_, std::move(reread), active_config_, group_, warm_start_, *log_,
                [this] { return status(); }),
        watchdog_(
            io_, worker_count(active_config_.config()),
            [this](std::size_t i, auto answer) { workers_[i]->ask_alive(std::move(answer)); },
            sd_notify, [this] { return status(); }, *log_),
        signals_(io_, SIGTERM, SIGINT, SIGUSR1),
        drain_deadline_(io_),
        admin_source_(
            io_, active_config_, group_, access_log_, [this] { return readiness(); },
            [this] { return reload_.outcome(); }, *log_),
        stats_aggregator_(io_, admin_source_),
        origin_monitor_(io_, admin_source_, *log_, {}) {
    group_.ask_statistics = [this](auto answer) { stats_aggregator_.ask(std::move(answer)); };
    signals_.add(SIGHUP);
    signals_.add(SIGUSR2);
    group_.warn = [this](const std::string& text) { log_->warn("{}", text); };
    group_.open_at_start = open_at_start_;
    bind_admin(*worker_config);
    make_workers(bind(*worker_config));
    close_unused_sockets();
    pid_file_.emplace(active_config_.config().pid_file);
  }

  void run() {
    group_.open = !parent_.ready;  // it accepts as long as this one may have to dial
    for (auto& worker : workers_)
      worker->start([this] { asio::post(io_, [this] { on_worker_end(); }); });
    running_ = workers_.size();
    log_->info("configuration: {}",
               places_.file().empty() ? "no file, the defaults and flags" : places_.file());
    log_->info("ccnproxy {} is serving with {} workers", CCNPROXY_VERSION, workers_.size());
    tell_of_descriptors();
    warn_of_slow_start();
    for (const auto& line : origin::tcp_shortcomings(active_config_.config())) log_->warn(line);
    warm_start_.begin(parent_.state_path, [this] {
      open_for_clients();
      parent_.tell_ready();
      sd_notify("READY=1\nSTATUS=" + status());
      log_->info("ready");
      release_startup_memory();
    });
    if (const auto timeout = watchdog_timeout()) watchdog_.begin(*timeout);
    origin_monitor_.begin();
    asio::co_spawn(io_, live(), asio::detached);
    io_.run();
    for (auto& worker : workers_) worker->join();
    group_.connections->tell_of_room(nullptr);
    log_->info("ended");
  }

 private:
  void bind_admin(WorkerConfig& worker_config) {
    auto address = active_config_.config().admin.address;
    if (!address) return;
    address->access = active_config_.config().admin.access;
    if (!address->access.mode) address->access.mode = config::admin_socket_mode;
    auto socket = std::move(open_listener("admin.address", *address, 1).front());
    log_->info("admin endpoint listening on {}", socket.address);
    listening_.push_back(socket.fd.get());
    worker_config.note_listening(socket.address);
    admin::ServerOptions options;
    options.connections = std::min(options.connections, descriptors_.admin);
    admin_ = std::make_unique<admin::Server>(io_, std::move(socket.fd), admin_source_, options);
  }

  /// `key` is where the configuration has the address.
  std::vector<ListeningSocket> open_listener(const std::string& key,
                                             const config::ListenAddress& address,
                                             std::size_t workers) {
    auto inherited = inherited_.take(address);
    if (inherited.empty()) return bind_anew(key, address, workers);
    log_->info("{} was open before this process", inherited.front().address);
    return share_out(std::move(inherited), workers);
  }

  std::vector<ListeningSocket> bind_anew(const std::string& key,
                                         const config::ListenAddress& address,
                                         std::size_t workers) const {
    try {
      return bind_listener(address, workers);
    } catch (const StartupError& fault) {
      throw StartupError(places_.mistake(key, fault.what()).to_string());
    }
  }

  void open_for_clients() {
    if (group_.open.exchange(true)) return;
    for (auto& worker : workers_) worker->accept_from_now();
  }

  void tell_of_descriptors() const {
    const std::size_t clients = group_.client_limit;
    const auto origins = group_.connections->limit();
    if (clients < active_config_.config().limits.clients ||
        origins < active_config_.config().limits.origin_connections)
      log_->info(
          "the limit of open files ({}) leaves room for {} clients (limits.clients) and {} "
          "connections to origins (limits.origin_connections) at once",
          descriptor_limit(), clients, origins);
  }

  void warn_of_slow_start() const {
    if (slow_start_after_idle().value_or(false))
      log_->warn(
          "net.ipv4.tcp_slow_start_after_idle is 1: connections that are kept ready lose their "
          "congestion window while idle; set it to 0");
  }

  /// A service manager keeps such a socket open, and its clients would wait without end. A parent
  /// process closes its own when it drains, so that a listener can be removed.
  void close_unused_sockets() {
    if (parent_.ready && !has_port_of_chance(active_config_.config())) {
      for (const auto& address : inherited_.close_left())
        log_->warn(
            "no listener of the configuration has {} any more: its socket is not taken over and "
            "closes when the process before drains (a service manager that holds it, too, must let "
            "it go)",
            address);
      return;
    }
    const auto left = inherited_.left();
    if (left.empty()) return;
    throw StartupError(
        "an inherited socket has an address that no listener of the "
        "configuration has: " +
        left.front());
  }

  /// For the service manager to show.
  std::string status() const {
    const auto clients = std::to_string(group_.clients.load(std::memory_order_relaxed));
    if (draining_) return "draining, clients left: " + clients;
    if (!warm_start_.is_ready()) return warm_start_.waiting_for();
    return "serving, clients: " + clients;
  }

  admin::Readiness readiness() const {
    if (draining_) return {false, "draining"};
    if (!warm_start_.is_ready()) return {false, warm_start_.waiting_for()};
    return {};
  }

  /// The listening sockets of each worker.
  std::vector<std::vector<ListeningSocket>> bind(WorkerConfig& worker_config) {
    const auto count = worker_count(active_config_.config());
    std::vector<std::vector<ListeningSocket>> sockets(count);
    const auto& listeners = active_config_.config().listeners;
    for (std::size_t number = 0; number < listeners.size(); ++number) {
      const auto key = "listeners[" + std::to_string(number) + "].address";
      auto bound = open_listener(key, listeners[number], count);
      log_->info("listening on {}", bound.front().address);
      worker_config.note_listening(bound.front().address);
      for (std::size_t i = 0; i < bound.size(); ++i) {
        listening_.push_back(bound[i].fd.get());
        sockets[i % count].push_back(std::move(bound[i]));
      }
    }
    return sockets;
  }

  void make_workers(std::vector<std::vector<ListeningSocket>> sockets) {
    for (auto& own : sockets) {
      workers_.push_back(std::make_unique<Worker>(active_config_.worker_config, group_,
                                                  workers_.size(), access_log_.make_writer(),
                                                  std::move(own)));
      group_.members.push_back(workers_.back().get());
    }
    group_.connections->tell_of_room([this](std::size_t i) { workers_[i]->on_connection_room(); });
  }

  asio::awaitable<void> live() {
    for (;;) {
      const auto signal = co_await signals_.async_wait(asio::use_awaitable);
      if (signal == SIGUSR1) {
        access_log_.reopen();
      } else if (signal == SIGHUP) {
        reload();
      } else if (signal == SIGUSR2) {
        hot_restart();
      } else if (std::exchange(draining_, true)) {
        log_->warn("second signal: ending at once");
        kill();
      } else {
        drain(signal == SIGTERM ? "SIGTERM" : "SIGINT");
      }
    }
  }

  void reload() {
    if (draining_) return log_->warn("SIGHUP: this process is draining already");
    reload_.begin();
  }

  void hot_restart() {
    if (draining_) return log_->warn("SIGUSR2: this process is draining already");
    hot_restart_.begin(listening_, [this] {
      admin_.reset();  // its socket is the other's now, as are all
      if (!std::exchange(draining_, true)) drain("SIGUSR2");
    });
  }

  void drain(const char* why) {
    const auto limit = active_config_.config().timeouts.drain;
    log_->info("{}: draining, for at most {} s", why,
               std::chrono::duration_cast<std::chrono::seconds>(limit).count());
    reload_.stop_telling();
    if (!hot_restart_.is_done()) sd_notify("STOPPING=1\nSTATUS=" + status());
    watchdog_.stop_asking();
    origin_monitor_.stop();
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
    watchdog_.end();
    signals_.cancel();
    io_.stop();
  }

  /// First: the environment is changed while nothing else runs.
  InheritedSockets inherited_ = InheritedSockets::from_environment();
  ParentProcess parent_ = ParentProcess::from_environment();
  config::KeyPlaces places_;  ///< of the configuration that it started with
  std::size_t open_at_start_ = open_descriptors();
  std::shared_ptr<spdlog::logger> log_;
  ActiveConfig active_config_;
  observe::AccessLog access_log_;
  asio::io_context io_{1};
  std::vector<int> listening_;  ///< of the workers and the admin endpoint, which own them
  const DescriptorBudget descriptors_;
  WorkerGroup group_;
  WarmStart warm_start_;
  HotRestart hot_restart_;
  Reload reload_;
  Watchdog watchdog_;
  asio::signal_set signals_;
  asio::steady_timer drain_deadline_;
  AdminSource admin_source_;
  StatsAggregator stats_aggregator_;
  OriginMonitor origin_monitor_;
  std::unique_ptr<admin::Server> admin_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t running_ = 0;
  std::optional<PidFile> pid_file_;
  bool draining_ = false;
};

}  // namespace

int serve(config::Invocation invocation, std::function<config::Parsed()> reread) {
  std::signal(SIGPIPE, SIG_IGN);
  bound_free_heap();
  raise_descriptor_limit();
  widen_descriptor_table();
  const auto fail = [](std::string_view why) -> int {
    std::cerr << "ccnproxy: " << why << '\n';
    return config::exit_configuration;
  };
  try {
    Daemon daemon(std::make_shared<WorkerConfig>(std::move(invocation.config)),
                  std::move(invocation.places), std::move(reread));
    daemon.run();
    return config::exit_ok;
  } catch (const StartupError& fault) {
    return fail(fault.what());
  } catch (const std::filesystem::filesystem_error& e) {
    return fail(e.path1().string() + ": " + e.code().message());
  } catch (const std::system_error& e) {
    return fail(e.what());
  }
}

}  // namespace ccnproxy::daemon
