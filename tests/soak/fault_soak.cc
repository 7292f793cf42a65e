// Randomized clients and origins around the real daemon, for as long as it is told to. Every body
// and head carries a token of its own request; what crosses, is cut and looks whole, is acted on
// twice, or is answered as another's login, is a violation. So is a /healthz that is not answered
// beside slow and silent clients of the admin endpoint. Afterwards the daemon must hold nothing.
//
//   fault_soak [--seconds N] [--seed S] [--clients N] [--least EXCHANGES] [--daemon PATH]

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <random>

#include "admin_client.h"
#include "client.h"
#include "daemon_watch.h"
#include "fakes/daemon_under_test.h"
#include "fakes/endpoint.h"
#include "fakes/test_pki.h"
#include "origin.h"

namespace {

using namespace ccnproxy;
using namespace ccnproxy::soak;
using std::chrono::seconds;

struct Options {
  std::uint64_t seconds = 10;
  std::uint64_t seed = std::random_device{}();
  std::uint64_t clients = 64;
  std::uint64_t least = 0;
  std::string daemon = fakes::daemon_under_test();
  std::string access_log = "none";  ///< or a folder, to look into what was found
};

Options read_options(int argc, char** argv) {
  Options options;
  if (argc % 2 == 0) throw std::invalid_argument("an option without its value");
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const auto number = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--seconds")
      options.seconds = number;
    else if (name == "--seed")
      options.seed = number;
    else if (name == "--clients")
      options.clients = number;
    else if (name == "--least")
      options.least = number;
    else if (name == "--access-log")
      options.access_log = argv[i + 1];
    else if (name == "--daemon")
      options.daemon = argv[i + 1];
    else
      throw std::invalid_argument("unknown option " + name);
  }
  return options;
}

fakes::DaemonConfig configuration(const std::string& ca_file, const std::deque<Origin>& origins,
                                  const std::string& access_log) {
  fakes::DaemonConfig config;
  config.with_admin()
      .set("workers", "2")
      .set("log.access", "{to: " + access_log + "}")
      .set("pool.min_ready", "1")
      .set("pool.keep_warm", "3s")
      .set("timeouts.client_head", "3s")
      .set("timeouts.client_write", "5s")
      .set("timeouts.connect", "2s")
      .set("timeouts.tls", "1s")
      .set("timeouts.response_head", "1s")
      .set("timeouts.body_idle", "1s")
      .set("timeouts.drain", "10s");
  for (const auto place : places) {
    const auto& origin = origins[static_cast<std::size_t>(place)];
    const bool bounded = place == Place::http1;
    config.origin(std::string(name_of(place)), origin.endpoint(), is_plain(place) ? "" : ca_file,
                  bounded ? std::vector<std::string>{"pool: {max_connections: 8}"}
                          : std::vector<std::string>{});
  }
  return config;
}

class Soak {
 public:
  explicit Soak(const Options& options) : options_(options) {
    world_.seed = options.seed;
    const auto certificate =
        pki_.server({std::string(name_of(Place::h2)), std::string(name_of(Place::http1)),
                     std::string(name_of(Place::either))});
    for (const auto place : places) origins_.emplace_back(world_, place, certificate);
    daemon_ = std::make_unique<fakes::DaemonProcess>(
        options.daemon, configuration(pki_.ca_file(), origins_, options.access_log),
        [](fakes::ChildOptions& child) {
          child.environment["ASAN_OPTIONS"] = "detect_leaks=1:quarantine_size_mb=64";
        });
    daemon_->wait_for_log("info ready");  // until then it opens descriptors of its own
    watch_ = std::make_unique<DaemonWatch>(*daemon_);
  }

  int run() {
    exchange();
    if (daemon_->process().running()) {
      probe();
      expect_nothing_left("requests", [&] { return watch_->left_of_requests(); });
      for (auto& origin : origins_) origin.close();
      expect_nothing_left("connections", [&] { return watch_->left_of_connections(); });
      end_daemon();
    }
    std::printf("seed %llu\n%s", static_cast<unsigned long long>(options_.seed),
                world_.ledger.summary().c_str());
    return world_.ledger.violations() == 0 ? 0 : 1;
  }

 private:
  /// Turns the loop until `done`; false if that took too long.
  bool until(seconds limit, const std::function<bool()>& done) {
    const auto deadline = EventLoop::read_clock() + limit;
    while (!done()) {
      if (EventLoop::read_clock() > deadline) return false;
      world_.loop.run_once(std::chrono::milliseconds(20));
    }
    return true;
  }

  void exchange() {
    for (std::uint64_t i = 0; i < options_.clients; ++i)
      clients_.emplace_back(world_, daemon_->address()).start();
    begin_admin_clients();
    const auto began = EventLoop::read_clock();
    auto shown = began;
    until(seconds(options_.seconds + 3600), [&] {
      const auto now = EventLoop::read_clock();
      if (now - shown >= seconds(10)) {
        shown = now;
        show_progress(now - began);
      }
      return now - began >= seconds(options_.seconds) || !daemon_->process().running();
    });
    if (!daemon_->process().running()) {
      world_.ledger.violation("the daemon has ended");
      std::fprintf(stderr, "%s\n", daemon_->log().c_str());
    }
    const auto took = std::chrono::duration<double>(EventLoop::read_clock() - began).count();
    for (auto& client : clients_) client.stop();
    end_admin_clients();
    const auto idle = [](const Client& client) { return client.is_idle(); };
    if (!until(seconds(90), [&] { return std::all_of(clients_.begin(), clients_.end(), idle); }))
      world_.ledger.violation("clients that do not end");
    const auto exchanges = world_.ledger.exchanges();
    std::printf("%.0f s, %.0f exchanges a second\n", took, static_cast<double>(exchanges) / took);
    expect_few_dials(took);
    if (exchanges < options_.least) world_.ledger.violation("too few exchanges");
    if (world_.ledger.logins() == 0) world_.ledger.violation("no login has come to its end");
  }

  /// F154: more than the endpoint has places for, and one that asks for its health.
  void begin_admin_clients() {
    for (const auto kind : {AdminKind::silent, AdminKind::half_head, AdminKind::slow_reader}) {
      for (int i = 0; i < 30; ++i)
        admin_clients_.emplace_back(world_, daemon_->admin_address(), kind);
    }
    admin_clients_.emplace_back(world_, daemon_->admin_address(), AdminKind::health);
    for (auto& client : admin_clients_) client.start();
  }
  void end_admin_clients() {
    for (auto& client : admin_clients_) client.stop();
    const auto asked = admin_clients_.back().answered();
    std::printf("/healthz was answered %llu times\n", static_cast<unsigned long long>(asked));
    if (asked == 0) world_.ledger.violation("/healthz was never answered");
  }

  /// docs/pool-policy.md, "What an origin is asked at most": of each request its own dial, its two
  /// retries', and that of a connection ahead of need which carried it; of each pool what nobody
  /// paid for, in a minute that has begun. As many as 128 connections may be wanted.
  void expect_few_dials(double took) {
    constexpr std::uint64_t workers = 2;
    constexpr std::uint64_t unpaid = 130 + 128 + 2 * 128;
    const auto minutes = static_cast<std::uint64_t>(took / 60) + 1;
    const auto most =
        4 * world_.ledger.exchanges() + minutes * workers * std::size(places) * unpaid;
    const auto dials = world_.ledger.connections();
    if (dials > most)
      world_.ledger.violation(std::to_string(dials) + " dials, of " + std::to_string(most));
  }

  void show_progress(Duration since) {
    std::fprintf(
        stderr,
        "%4lld s: %llu exchanges, %llu answered, %llu violations, %zu KiB, %zu descriptors\n",
        static_cast<long long>(std::chrono::duration_cast<seconds>(since).count()),
        static_cast<unsigned long long>(world_.ledger.exchanges()),
        static_cast<unsigned long long>(world_.ledger.answered()),
        static_cast<unsigned long long>(world_.ledger.violations()), daemon_->process().rss_kib(),
        daemon_->process().open_descriptors());
  }

  /// F025: whatever went wrong, an origin that is well again is served again.
  void probe() {
    world_.calm = true;
    for (const auto place : places) {
      const bool served = until(seconds(30), [&] {
        if (!probes_.empty() && probes_.back().probe_succeeded()) return true;
        if (probes_.empty() || probes_.back().probe_ended()) begin_probe(place);
        return false;
      });
      if (!served) world_.ledger.violation(std::string(name_of(place)) + " is not served any more");
      probes_.clear();
    }
  }
  void begin_probe(Place place) {
    probes_.emplace_back(world_, daemon_->address()).start_probe(place);
  }

  void expect_nothing_left(const char* of, const std::function<std::string()>& left) {
    if (!until(seconds(60), [&] { return left().empty(); }))
      world_.ledger.violation(std::string("left of ") + of + ": " + left());
  }

  void end_daemon() {
    daemon_->signal(SIGTERM);
    const auto code = daemon_->wait_for_exit(fakes::Patience(60'000));
    if (code != 0)
      world_.ledger.violation("the daemon's exit code is " + std::to_string(code) + ": " +
                              daemon_->log());
  }

  Options options_;
  World world_;
  fakes::TestPki pki_;
  std::deque<Origin> origins_;
  std::unique_ptr<fakes::DaemonProcess> daemon_;
  std::unique_ptr<DaemonWatch> watch_;
  std::deque<AdminClient> admin_clients_;
  std::deque<Client> clients_;
  std::deque<Client> probes_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    fakes::ignore_sigpipe();
    const auto options = read_options(argc, argv);
    std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(options.seed));
    return Soak(options).run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "fault_soak: %s\n", e.what());
    return 2;
  }
}
