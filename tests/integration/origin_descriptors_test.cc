// Connections to origins where descriptors are few: they never take those of clients, of listeners,
// of the admin endpoint, of DNS or of log files.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fakes/daemon_under_test.h"
#include "fakes/latch.h"
#include "fakes/prometheus_text.h"
#include "fakes/stub_resolver.h"
#include "fakes/temp_dir.h"
#include "kept_listener.h"
#include "tunnel_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

constexpr unsigned few = 200;

ReceivedResponse health(const DaemonProcess& daemon) {
  return RawClient(daemon.address()).get("localhost", "/hc");
}
ReceivedResponse alive(const DaemonProcess& daemon) {
  return RawClient(daemon.admin_address()).get("admin", "/healthz");
}

/// Asks /hc and /healthz, each over a new connection, until it ends: each must be answered.
class HealthWatch {
 public:
  explicit HealthWatch(const DaemonProcess& daemon)
      : thread_([this, &daemon] {
          while (!over_) {
            look(health(daemon).status == 200);
            look(alive(daemon).status == 200);
          }
        }) {}
  ~HealthWatch() {
    over_ = true;
    thread_.join();
    EXPECT_GT(asked_, 0U);
    EXPECT_EQ(failed_, 0U) << "of " << asked_;
  }

 private:
  void look(bool good) {
    ++asked_;
    failed_ += good ? 0 : 1;
  }
  std::atomic<bool> over_{false};
  std::size_t asked_ = 0;
  std::size_t failed_ = 0;
  std::thread thread_;
};

/// A daemon with few descriptors; every name below .test is one origin. By number of workers.
class FewDescriptors : public ::testing::TestWithParam<const char*> {
 protected:
  void start(const std::string& protocol, ScriptedOrigin::Script script, unsigned descriptors,
             const OneOrigin::Adjust& adjust = {}) {
    protocol_ = protocol;
    proxy_ = std::make_unique<OneOrigin>(
        protocol, std::move(script),
        [&](DaemonConfig& config) {
          config.with_admin().set("workers", GetParam()).set("tls.verify", "false");
          config.set("pool.min_ready", "1");
          if (adjust) adjust(config);
        },
        [&](ChildOptions& options) { options.open_files = descriptors; });
  }
  DaemonProcess& daemon() { return *proxy_->daemon; }
  std::string name(std::size_t i) const {
    return host_for(protocol_, "o" + std::to_string(i) + ".test");
  }
  /// Whether the answer is the origin's, or a refusal in words that names limit and key.
  static bool is_in_words(const ReceivedResponse& answer) {
    if (answer.status == 200) return true;
    return answer.status == 503 && proxy_error(answer) == "connection_limit_reached" &&
           answer.fields.has("retry-after") && answer.body.find("limits.") != std::string::npos;
  }
  double metric(const std::string& name) {
    return PrometheusText(RawClient(daemon().admin_address()).get("admin", "/metrics").body)
        .value(name);
  }
  /// One request each to `count` origins, over one connection.
  void ask_origins(std::size_t count, std::size_t from = 0) {
    RawClient client = proxy_->connect();
    for (std::size_t i = from; i < from + count; ++i)
      ASSERT_EQ(client.get(name(i)).status, 200) << i << '\n' << daemon().log();
  }

  std::string protocol_;
  std::unique_ptr<OneOrigin> proxy_;
};
INSTANTIATE_TEST_SUITE_P(Workers, FewDescriptors, ::testing::Values("1", "2", "4"),
                         [](const auto& test) { return std::string("workers") + test.param; });

TEST_P(FewDescriptors, F152_four_hundred_origins_of_one_request_are_all_answered) {
  start("plain", Service(standard_answers), few);
  const HealthWatch watch(daemon());
  ask_origins(400);
  EXPECT_LT(daemon().process().open_descriptors(), few - 10) << "the rest is kept for others";
}

TEST_P(FewDescriptors, F152_slow_origins_of_one_request_a_connection_leave_room_for_all_clients) {
  constexpr std::size_t origins = 20;
  constexpr std::size_t clients = 30;
  const auto hold = std::make_shared<Latch>();
  start("plain", Service([&](const Request& request) {
          if (request.target == "/slow") return Response{.held_by = hold};
          return standard_answers(request);
        }),
        256);
  std::vector<std::unique_ptr<RawClient>> all;
  for (std::size_t i = 0; i < clients; ++i) {
    all.push_back(std::make_unique<RawClient>(daemon().address()));
    for (std::size_t k = 0; k < origins; ++k)
      ASSERT_TRUE(is_in_words(all.back()->get(name(k)))) << i << ' ' << k;
  }
  const HealthWatch watch(daemon());
  for (std::size_t i = 0; i < clients; ++i)
    all[i]->send(head("GET /slow HTTP/1.1", name(i % origins)));
  RawClient late = proxy_->connect();
  for (std::size_t k = 0; k < origins; ++k) EXPECT_TRUE(is_in_words(late.get(name(origins + k))));
  hold->open();
  for (const auto& client : all) EXPECT_EQ(client->read_response().status, 200);
}

TEST_P(FewDescriptors, F152_a_request_in_flight_keeps_its_connection) {
  const auto hold = std::make_shared<Latch>();
  start("plain", Service([&](const Request& request) {
          if (request.target == "/slow") return Response{.held_by = hold};
          return standard_answers(request);
        }),
        few);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (std::size_t i = 0; i < 10; ++i) {
    slow.push_back(std::make_unique<RawClient>(daemon().address()));
    slow.back()->send(head("POST /slow HTTP/1.1", name(i), "Content-Length: 0\r\n"));
  }
  proxy_->origin.wait_for_requests(10);
  ask_origins(150, 10);
  hold->open();
  for (const auto& client : slow) EXPECT_EQ(client->read_response().status, 200);
}

TEST_P(FewDescriptors, F152_without_room_a_request_waits_and_is_refused_in_words) {
  const auto hold = std::make_shared<Latch>();
  start("plain", Service([&](const Request&) { return Response{.held_by = hold}; }), few,
        [](DaemonConfig& config) {
          config.set("limits.origin_connections", "2").set("timeouts.connect", "300ms");
          config.set("timeouts.dns", "300ms").set("timeouts.tls", "300ms");
        });
  std::vector<std::unique_ptr<RawClient>> holding;
  for (std::size_t i = 0; i < 2; ++i) {
    holding.push_back(std::make_unique<RawClient>(daemon().address()));
    holding.back()->send(head("GET / HTTP/1.1", name(i)));
  }
  proxy_->origin.wait_for_requests(2);
  const auto refused = proxy_->connect().get(name(7));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
  EXPECT_TRUE(refused.fields.has("retry-after"));
  EXPECT_THAT(refused.body, HasSubstr("limits.origin_connections"));
  hold->open();
  for (const auto& client : holding) EXPECT_EQ(client->read_response().status, 200);
  EXPECT_EQ(proxy_->connect().get(name(7)).status, 200);
}

TEST_P(FewDescriptors, F152_a_request_that_waits_is_served_when_room_appears) {
  const auto hold = std::make_shared<Latch>();
  start("plain", Service([&](const Request&) { return Response{.held_by = hold}; }), few,
        [](DaemonConfig& config) { config.set("limits.origin_connections", "1"); });
  RawClient first = proxy_->connect();
  first.send(head("GET / HTTP/1.1", name(0)));
  proxy_->origin.wait_for_requests(1);
  RawClient second = proxy_->connect();
  second.send(head("GET / HTTP/1.1", name(1)));
  second.stream().pause(Patience(100));
  hold->open();
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_EQ(second.read_response().status, 200);
}

TEST_P(FewDescriptors, F152_tunnels_leave_connections_to_requests) {
  start("plain", nullptr, few, [](DaemonConfig& config) {
    tunnels(config);
    config.set("limits.origin_connections", "8");
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  std::vector<std::shared_ptr<OriginConnection>> origins;
  for (std::size_t i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(daemon().address()));
    clients.back()->send(head("GET /chat HTTP/1.1", name(i), ask_fields));
    origins.push_back(proxy_->origin.accept());
    origins.back()->read_request_head();
    origins.back()->write(agreed);
    EXPECT_THAT(clients.back()->read_until("\r\n\r\n"), HasSubstr("101"));
  }
  RawClient seventh = proxy_->connect();
  seventh.send(head("GET /chat HTTP/1.1", name(6), ask_fields));
  const auto refused = seventh.read_response();
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("limits.origin_connections"));
  RawClient client = proxy_->connect();
  client.send(head("GET / HTTP/1.1", name(7)));
  const auto origin = proxy_->origin.accept();
  origin->read_request_head();
  origin->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 200);
  origins.front()->write("hello");
  EXPECT_EQ(clients.front()->read_until("hello"), "hello") << "a tunnel that stands goes on";
  for (auto& one : clients) one->close();
}

TEST_P(FewDescriptors, F152_a_tunnel_waits_for_room_as_a_request_does) {
  start("plain", nullptr, few, [](DaemonConfig& config) {
    tunnels(config);
    config.set("limits.origin_connections", "2").set("pool.min_ready", "0");
  });
  std::vector<std::unique_ptr<RawClient>> busy;
  std::vector<std::shared_ptr<OriginConnection>> origins;
  for (std::size_t i = 0; i < 2; ++i) {
    busy.push_back(std::make_unique<RawClient>(daemon().address()));
    busy.back()->send(head("GET / HTTP/1.1", name(i)));
    origins.push_back(proxy_->origin.accept());
    origins.back()->read_request_head();
  }
  RawClient client = proxy_->connect();
  client.send(head("GET /chat HTTP/1.1", name(5), ask_fields));
  client.stream().pause(Patience(100));
  origins.front()->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(busy.front()->read_response().status, 200);
  const auto tunnel = proxy_->origin.accept();
  tunnel->read_request_head();
  tunnel->write(agreed);
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("101"));
}

TEST_P(FewDescriptors, F152_a_reload_that_replaces_all_connections_stays_within_the_limit) {
  start("plain", Service(standard_answers), few);
  ask_origins(60);
  const HealthWatch watch(daemon());
  std::ifstream before(daemon().config_file());
  std::stringstream yaml;
  yaml << before.rdbuf();
  // Heads of responses are bounded otherwise: each connection is to be made anew.
  for (std::size_t i = 0; i < 3; ++i) {
    daemon().reload(yaml.str() + "\nlimits: {headers: " + std::to_string(100 + i) + "}\n");
    daemon().wait_for_log("SIGHUP: in force", i);
    ask_origins(20, 20 * i);
  }
  EXPECT_LT(daemon().process().open_descriptors(), few - 10);
}

TEST_P(FewDescriptors, F152_logs_state_file_and_next_process_find_their_descriptors) {
  TempDir folder;
  std::filesystem::create_directory(folder.path() + "/log");
  start("plain", Service(standard_answers), few, [&](DaemonConfig& config) {
    config.set("pool.state_file", folder.path() + "/state");
    config.set("log.access", "{to: " + folder.path() + "/log, rotate_every: 0}");
  });
  ask_origins(150);
  std::vector<std::unique_ptr<RawClient>> idle;  // and clients take all of theirs
  for (int i = 0; i < 150; ++i) idle.push_back(std::make_unique<RawClient>(daemon().address()));
  daemon().signal(SIGUSR1);
  EXPECT_EQ(alive(daemon()).status, 200);
  EXPECT_EQ(health(daemon()).status, 200);
  EXPECT_GT(metric("process_open_fds"), 0);
  idle.clear();
  daemon().signal(SIGTERM);
  EXPECT_EQ(daemon().wait_for_exit(), 0);
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/state"));
  EXPECT_THAT(daemon().log(), ::testing::Not(HasSubstr("Too many open files")));
}

TEST_P(FewDescriptors, F152_threads_and_descriptors_do_not_grow_with_use) {
  start("plain", Service(standard_answers), few);
  ask_origins(300);
  const std::size_t sanitizers = fakes::daemons_sanitizer() == fakes::Sanitizer::thread ? 1 : 0;
  EXPECT_LE(daemon().process().threads(), std::stoul(GetParam()) + 4 + sanitizers)
      << "the workers, the main thread, two for logs, one for the state file";
  EXPECT_LT(daemon().process().open_descriptors(), few - 10);
}

/// No further descriptor can be opened in the process while this lives.
class NoDescriptors {
 public:
  explicit NoDescriptors(pid_t pid) : pid_(pid) {
    rlimit none{};
    ::prlimit(pid_, RLIMIT_NOFILE, nullptr, &before_);
    none.rlim_max = before_.rlim_max;
    ::prlimit(pid_, RLIMIT_NOFILE, &none, nullptr);
  }
  ~NoDescriptors() { ::prlimit(pid_, RLIMIT_NOFILE, &before_, nullptr); }

 private:
  pid_t pid_;
  rlimit before_{};
};

TEST_P(FewDescriptors, F152_a_dial_that_finds_no_descriptor_is_tried_again) {
  if (!fakes::works_without_descriptors(fakes::daemons_sanitizer()))
    GTEST_SKIP() << "the sanitizer needs one";
  start("plain", Service(standard_answers), few);
  RawClient client = proxy_->connect();
  EXPECT_EQ(client.get("localhost", "/hc").status, 200);
  {
    const NoDescriptors none(daemon().process().pid());
    client.send(head("POST /echo HTTP/1.1", name(1), "Content-Length: 2\r\n") + "ok");
    client.stream().pause(Patience(150));
    char byte = 0;
    EXPECT_EQ(client.stream().try_read(&byte, 1).outcome, Stream::Outcome::WouldBlock);
  }
  EXPECT_EQ(client.read_response().status, 200);
  const auto pools = RawClient(daemon().admin_address()).get("admin", "/pools").body;
  EXPECT_THAT(pools, HasSubstr("not dialled"));
  EXPECT_THAT(pools, ::testing::Not(HasSubstr("dial failed"))) << "nothing is held against it";
}

TEST_P(FewDescriptors, F152_a_dial_that_never_finds_one_is_refused_in_words) {
  if (!fakes::works_without_descriptors(fakes::daemons_sanitizer()))
    GTEST_SKIP() << "the sanitizer needs one";
  start("plain", Service(standard_answers), few, [](DaemonConfig& config) {
    for (const auto* phase : {"dns", "connect", "tls"})
      config.set(std::string("timeouts.") + phase, "200ms");
  });
  RawClient client = proxy_->connect();
  EXPECT_EQ(client.get("localhost", "/hc").status, 200);
  const NoDescriptors none(daemon().process().pid());
  const auto refused = client.get(name(1));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
  EXPECT_THAT(refused.body, HasSubstr("limit of open files"));
}

TEST_P(FewDescriptors, F152_a_client_that_finds_no_descriptor_is_accepted_when_there_is_one) {
  if (!fakes::works_without_descriptors(fakes::daemons_sanitizer()))
    GTEST_SKIP() << "the sanitizer needs one";
  start("plain", Service(standard_answers), few);
  ask_origins(5);
  std::unique_ptr<RawClient> client;
  {
    const NoDescriptors none(daemon().process().pid());
    client = std::make_unique<RawClient>(daemon().address());
    client->send(head("GET /hc HTTP/1.1", "localhost"));
    client->stream().pause(Patience(100));
  }
  EXPECT_EQ(client->read_response().status, 200);
}

TEST_P(FewDescriptors, F152_many_names_leave_descriptors_to_dns) {
  StubResolver dns;
  start("plain", Service(standard_answers), few,
        [&](DaemonConfig& config) { config.set("dns.servers", "[\"" + dns.endpoint() + "\"]"); });
  RawClient client = proxy_->connect();
  for (int i = 0; i < 300; ++i) {
    const auto answer = client.get("n" + std::to_string(i) + ".example.ccnproxy");
    ASSERT_EQ(proxy_error(answer), "dns_error") << i << ' ' << answer.body;
  }
  ask_origins(150);
}

class FewDescriptorsRestart : public KeptListener {};
INSTANTIATE_TEST_SUITE_P(Workers, FewDescriptorsRestart, ::testing::Values("1", "2", "4"));

TEST_P(FewDescriptorsRestart, F152_the_next_process_starts_while_all_is_in_use) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // the next process becomes our child
  config_.set("tls.verify", "false").set("timeouts.drain", "1s");
  daemon_ = start_daemon(config_, [&](ChildOptions& options) {
    options.listen_fds = {listener_.get()};
    options.open_files = few;
  });
  const auto name = [](int i) { return "o" + std::to_string(i) + ".test.ccnproxy-https"; };
  RawClient client(address_);
  for (int i = 0; i < 120; ++i) ASSERT_EQ(client.get(name(i)).status, 200) << i;
  std::vector<std::unique_ptr<RawClient>> idle;  // clients, and those that have no place
  for (int i = 0; i < 150; ++i) idle.push_back(std::make_unique<RawClient>(address_));
  daemon_->signal(SIGUSR2);
  const auto line = daemon_->wait_for_log(" is ready");
  const auto next = static_cast<pid_t>(std::stol(line.substr(line.find("process ") + 8)));
  idle.clear();
  EXPECT_EQ(daemon_->wait_for_exit(), 0);
  EXPECT_EQ(RawClient(address_).get(name(1)).status, 200);
  ::kill(next, SIGTERM);
  int status = -1;
  EXPECT_EQ(::waitpid(next, &status, 0), next);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace ccnproxy::integration
