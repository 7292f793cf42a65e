#pragma once

#include <csignal>
#include <memory>
#include <string>

#include "client_fixture.h"

namespace ccnproxy::integration {

/// A listening socket of the test's, which outlives the daemons that are started with it and whose
/// port is known before, and an origin behind them. The parameter is the number of workers.
class KeptListener : public ::testing::TestWithParam<std::string> {
 protected:
  KeptListener() : origin_(origin_speaking("h2"), Service(standard_answers)) {
    config_.set("workers", GetParam()).set("timeouts.drain", "10s");
    config_.listen_only(address_).origin("*.test", origin_.endpoint(), pki().ca_file());
  }
  /// With these sockets more than the listener's own.
  void start(const std::vector<int>& more = {}) {
    daemon_ = start_daemon(config_, [&](ChildOptions& options) {
      options.listen_fds = {listener_.get()};
      options.listen_fds.insert(options.listen_fds.end(), more.begin(), more.end());
    });
  }
  void stop() {
    daemon_->signal(SIGTERM);
    EXPECT_EQ(daemon_->wait_for_exit(), 0);
  }

  Descriptor listener_ = listen_on("127.0.0.1:0");
  std::string address_ = local_endpoint(listener_.get());
  ScriptedOrigin origin_;
  DaemonConfig config_;
  std::unique_ptr<DaemonProcess> daemon_;
};

}  // namespace ccnproxy::integration
