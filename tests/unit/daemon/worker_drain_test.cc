// A client that one worker hands to another while the process drains (F100): it has sent a request,
// and has an answer to get.

#include <array>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "daemon/worker.h"
#include "fakes/endpoint.h"
#include "fakes/latch.h"
#include "fakes/raw_client.h"
#include "fakes/scripted_origin.h"
#include "fakes/service.h"

namespace ccnproxy::daemon {
namespace {

using fakes::Deadline;
using fakes::Latch;
using fakes::Patience;
using fakes::RawClient;

fakes::OriginOptions plain() {
  fakes::OriginOptions options;
  options.tls = false;
  return options;
}

config::AccessLog no_log() {
  config::AccessLog settings;
  settings.to = "none";
  return settings;
}

/// Two workers without listeners, and an origin that both know.
class DrainingWorkers : public ::testing::Test {
 protected:
  DrainingWorkers() {
    for (std::size_t i = 0; i < 2; ++i) {
      workers_.push_back(std::make_unique<Worker>(worker_config_, group_, i, log_.make_writer(),
                                                  std::vector<ListeningSocket>()));
      group_.members.push_back(workers_.back().get());
    }
    for (std::size_t i = 0; i < 2; ++i) workers_[i]->start([latch = ended_[i]] { latch->open(); });
  }
  ~DrainingWorkers() override {
    for (auto& worker : workers_) worker->kill();
    for (auto& worker : workers_) worker->join();
  }

  config::Config config() const {
    config::Config config;
    auto& entry = config.overrides.emplace_back();
    entry.match = "api.test";
    entry.connect_host = "127.0.0.1";
    entry.connect_port = origin_.port();
    return config;
  }
  /// A client that has sent a request, as another worker would have read it.
  std::unique_ptr<RawClient> hand_a_client_to(Worker& worker) {
    auto client = std::make_unique<RawClient>(fakes::local_endpoint(listener_.get()));
    const auto from = Endpoint::from_literal("127.0.0.1", 1).value();
    proxy::MigratedClient migrated{accept_one(),
                                   {"127.0.0.1:1", 3000, true, from},
                                   "GET / HTTP/1.1\r\nHost: api.test.ccnproxy\r\n\r\n",
                                   EventLoop::read_clock()};
    worker.adopt_client(std::move(migrated));
    return client;
  }
  UniqueFd accept_one() const {
    pollfd entry{listener_.get(), POLLIN, 0};
    ::poll(&entry, 1, 10'000);
    return UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }
  /// What must not happen has time to.
  bool ends_soon(std::size_t worker) const {
    try {
      ended_[worker]->wait("the end of a worker", Deadline(Patience(300)));
      return true;
    } catch (const fakes::Failure&) {
      return false;
    }
  }
  void expect_both_end() const {
    for (const auto& ended : ended_) EXPECT_NO_THROW(ended->wait("the end of a worker"));
  }

  fakes::ScriptedOrigin origin_{plain(), fakes::Service(fakes::standard_answers)};
  fakes::Descriptor listener_ = fakes::listen_on("127.0.0.1:0");
  std::shared_ptr<const WorkerConfig> worker_config_ =
      std::make_shared<const WorkerConfig>(config());
  WorkerGroup group_{2, DescriptorBudget{.clients = 100, .origins = 100}};
  observe::AccessLog log_{no_log(), std::chrono::milliseconds(100)};
  std::array<std::shared_ptr<Latch>, 2> ended_{std::make_shared<Latch>(),
                                               std::make_shared<Latch>()};
  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(DrainingWorkers, F100_a_client_that_comes_with_the_drain_is_answered_and_let_go) {
  auto& worker = *workers_[1];
  const auto barrier = std::make_shared<WorkerBarrier>();
  worker.wait_at(barrier);
  ASSERT_TRUE(barrier->await(1, std::chrono::milliseconds(10'000)));
  for (auto& each : workers_) each->drain();
  const auto client = hand_a_client_to(worker);  // the worker sees this after its drain
  barrier->release();
  const auto response = client->read_response();
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(client->read_to_end(), "") << "it has had its answer";
  expect_both_end();
  EXPECT_EQ(group_.clients, 0U);
}

TEST_F(DrainingWorkers, F100_none_ends_while_another_may_still_hand_it_a_client) {
  workers_[1]->drain();
  EXPECT_FALSE(ends_soon(1)) << "worker 0 serves on, and does not know";
  const auto client = hand_a_client_to(*workers_[1]);
  EXPECT_EQ(client->read_response().status, 200);
  workers_[0]->drain();
  expect_both_end();
}

}  // namespace
}  // namespace ccnproxy::daemon
