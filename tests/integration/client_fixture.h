#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/daemon_under_test.h"
#include "fakes/http2_peer.h"
#include "proxy_fixture.h"

namespace ccnproxy::integration {

/// An origin that speaks "h2" or "http/1.1" over TLS, or "plain" HTTP/1.1.
inline OriginOptions origin_speaking(const std::string& protocol) {
  OriginOptions options;
  options.tls = protocol != "plain";
  if (options.tls) options = speaking({protocol});
  return options;
}

/// What a client puts into Host to reach `name` at an origin that speaks so.
inline std::string host_for(const std::string& protocol, const std::string& name = "api.test") {
  return name + (protocol == "plain" ? ".ccnproxy" : ".ccnproxy-https");
}

/// For the names of tests that have the protocol as their parameter.
inline std::string origin_name(const ::testing::TestParamInfo<std::string>& test) {
  return test.param == "http/1.1" ? "http1" : test.param;
}

/// The daemon under test, ready when this returns.
inline std::unique_ptr<DaemonProcess> start_daemon(
    const DaemonConfig& config, const std::function<void(ChildOptions&)>& change = {}) {
  return std::make_unique<DaemonProcess>(fakes::daemon_under_test(), config, change);
}

/// One origin, which is every name below .test, behind a daemon with one worker.
///
///   OneOrigin proxy("h2", Service(standard_answers));
///   EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
struct OneOrigin {
  using Adjust = std::function<void(DaemonConfig&)>;

  explicit OneOrigin(const std::string& protocol, ScriptedOrigin::Script script = nullptr,
                     const Adjust& adjust = {},
                     const std::function<void(ChildOptions&)>& change = {})
      : label_host(host_for(protocol)), origin(origin_speaking(protocol), std::move(script)) {
    DaemonConfig config = one_worker();
    config.origin("*.test", origin.endpoint(), pki().ca_file());
    if (adjust) adjust(config);
    daemon = start_daemon(config, change);
  }

  RawClient connect(const RawClientOptions& options = {}) const {
    return RawClient(daemon->address(), options);
  }

  std::string label_host;  ///< for Host

  ScriptedOrigin origin;
  std::unique_ptr<DaemonProcess> daemon;
};

/// A request head with a Host and lines that end in CRLF, e.g. "Connection:
/// close\r\n".
inline std::string head(const std::string& line, const std::string& for_host,
                        const std::string& fields = "") {
  return line + "\r\nHost: " + for_host + "\r\n" + fields + "\r\n";
}

}  // namespace ccnproxy::integration
