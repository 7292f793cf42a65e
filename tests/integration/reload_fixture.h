#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "client_fixture.h"
#include "fakes/latch.h"
#include "fakes/prometheus_text.h"
#include "fakes/stub_resolver.h"
#include "fakes/temp_dir.h"
#include "notify_socket.h"
#include "proxy_fixture.h"

namespace ccnproxy::integration {

/// A daemon whose configuration a test changes while it runs, with one origin, api.test.
class Reload : public ::testing::Test {
 protected:
  /// As the daemon is by default: a connection is kept ready.
  void keep_ready() { config.set("pool.min_ready", "1").set("pool.spare", "0"); }
  Proxy& start() {
    write_origin();
    return proxy_.emplace(config);
  }

  /// The origin's entry in `overrides:`.
  void trust(const std::string& ca_file) { ca_file_ = ca_file; }
  void place(const std::string& endpoint) { place_ = endpoint; }

  /// Returns when all workers go by `config`.
  void reload() {
    write_origin();
    proxy_->daemon.reload(config);
    proxy_->daemon.wait_for_log("SIGHUP: in force", reloads_++);
  }
  std::string log() const { return proxy_->daemon.log(); }
  ReceivedResponse admin_get(const std::string& target) const {
    return RawClient(proxy_->daemon.admin_address()).get("admin", target);
  }

  ScriptedOrigin origin{speaking({"h2"}), Service(standard_answers)};
  DaemonConfig config = one_worker();
  std::optional<Proxy> proxy_;

 private:
  void write_origin() {
    config.set("overrides", "[{match: \"*.test\", connect_to: \"" + place_ +
                                "\", tls: {ca_file: " + ca_file_ + "}}]");
  }

  std::string ca_file_ = pki().ca_file();
  std::string place_ = origin.endpoint();
  std::size_t reloads_ = 0;
};

/// A client that asks for one thing after the other until it is told to end.
class Load {
 public:
  explicit Load(const std::string& address) : state_(std::make_shared<State>()) {
    thread_ = std::thread([address, state = state_] {
      try {
        RawClient client(address);
        while (!state->ending && state->fault.empty()) {
          const auto response = client.roundtrip(get_request("/bytes/5000"));
          if (response.status != 200 || !response.complete())
            state->fault = "status " + std::to_string(response.status);
          ++state->answered;
        }
      } catch (const Failure& failure) {
        state->fault = failure.what();
      }
    });
  }
  Load(Load&&) = default;
  Load& operator=(Load&&) = delete;
  ~Load() {
    if (thread_.joinable()) end();
  }
  /// What went wrong; empty if nothing did.
  std::string end() {
    state_->ending = true;
    thread_.join();
    return state_->fault;
  }
  std::size_t answered() const { return state_->answered; }

 private:
  struct State {
    std::atomic<bool> ending{false};
    std::atomic<std::size_t> answered{0};
    std::string fault;
  };
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace ccnproxy::integration
