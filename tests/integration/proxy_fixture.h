#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fakes/daemon_process.h"
#include "fakes/daemon_under_test.h"
#include "fakes/raw_client.h"
#include "fakes/scripted_origin.h"
#include "fakes/service.h"
#include "fakes/test_pki.h"

namespace ccnproxy::integration {

// The fakes' names are this folder's vocabulary.
using namespace ccnproxy::fakes;  // NOLINT(google-build-using-namespace)

/// What clients call the origin of most tests.
inline const std::string host = "api.test.ccnproxy-https";

/// Making keys costs more than a test: one authority for the whole program.
inline TestPki& pki() {
  static TestPki authority;
  return authority;
}

/// An origin with a good certificate for api.test (and other names) that speaks these protocols.
inline OriginOptions speaking(std::vector<std::string> alpn) {
  static const Certificate certificate = pki().server({"api.test", "other.test"});
  OriginOptions options;
  options.certificate = certificate;
  options.alpn = std::move(alpn);
  return options;
}

/// What every test's configuration begins with.
inline DaemonConfig one_worker() {
  DaemonConfig config;
  config.set("workers", "1").set("timeouts.drain", "1s");
  return config;
}

inline std::string get_request(const std::string& target = "/", const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
}

inline std::string post_request(const std::string& target, const std::string& body,
                                const std::string& fields = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// All workers have stopped accepting, and know that they drain.
inline void wait_until_refused(const std::string& address) {
  for (const Deadline deadline;;) {
    try {
      connect_to(address);
    } catch (const Failure&) {
      return;
    }
    if (deadline.passed()) throw Failure("connections are still taken");
  }
}

/// One line of the access log.
class Record {
 public:
  explicit Record(std::string line) : line_(std::move(line)) {}

  /// The value of a key, quotes taken off; empty where there is none.
  std::string get(const std::string& key) const {
    const auto name = line_.find("\"" + key + "\":");
    if (name == std::string::npos) return "";
    const auto value = name + key.size() + 3;
    if (line_[value] == '"') return line_.substr(value + 1, line_.find('"', value + 1) - value - 1);
    return line_.substr(value, line_.find_first_of(",}", value) - value);
  }
  /// "502 connection_terminated/origin/response", then " retries=1 PROOF" where there were any.
  std::string outcome() const {
    std::string text = get("status");
    if (!get("type").empty()) text += " " + get("type") + "/" + get("side") + "/" + get("phase");
    if (get("retries") != "0") text += " retries=" + get("retries") + " " + get("retry_proof");
    return text;
  }
  const std::string& line() const { return line_; }

 private:
  std::string line_;
};

inline std::vector<std::string> outcomes(const std::vector<Record>& records) {
  std::vector<std::string> texts;
  for (const auto& record : records) texts.push_back(record.outcome());
  return texts;
}

/// The real daemon, ended with the test.
class Proxy {
 public:
  explicit Proxy(const DaemonConfig& config) : daemon(fakes::daemon_under_test(), config) {}

  RawClient client() { return RawClient(daemon.address()); }
  /// Over a connection of its own.
  ReceivedResponse get(const std::string& target = "/", const std::string& fields = "") {
    return client().roundtrip(get_request(target, fields));
  }
  ReceivedResponse post(const std::string& target, const std::string& body,
                        const std::string& fields = "") {
    return client().roundtrip(post_request(target, body, fields));
  }

  /// All of the access log, which must hold exactly `count` records. A last request that the daemon
  /// answers itself marks the end, so that a record too many would be seen.
  std::vector<Record> records(std::size_t count) {
    daemon.wait_for_access_records(count);
    client().roundtrip("GET /hc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const auto lines = daemon.wait_for_access_records(count + ++looks_);
    std::vector<Record> all;
    for (const auto& line : lines) {
      if (Record(line).get("target") != "/hc") all.emplace_back(line);
    }
    EXPECT_EQ(all.size(), count) << ::testing::PrintToString(lines);
    if (all.size() != count) throw Failure("the access log does not fit the requests");
    return all;
  }
  /// The only record there is.
  Record record() { return records(1).front(); }

  DaemonProcess daemon;

 private:
  std::size_t looks_ = 0;
};

/// The daemon with one origin, api.test, which is a ScriptedOrigin.
class OriginAndProxy {
 public:
  /// `more` are further lines of the origin's entry in `overrides:`.
  explicit OriginAndProxy(OriginOptions options, ScriptedOrigin::Script script = nullptr,
                          DaemonConfig config = one_worker(),
                          const std::vector<std::string>& more = {})
      : origin(std::move(options), std::move(script)),
        proxy(config.origin("api.test", origin.endpoint(), pki().ca_file(), more)) {}

  ScriptedOrigin origin;
  Proxy proxy;
};

/// "ccnproxy; error=TYPE; details=…" to TYPE; empty where the answer is not the proxy's own error.
inline std::string proxy_error(const ReceivedResponse& response) {
  const std::string value = response.fields.get("proxy-status");
  const auto at = value.find("error=");
  if (at == std::string::npos) return "";
  return value.substr(at + 6, value.find(';', at) - at - 6);
}

}  // namespace ccnproxy::integration
