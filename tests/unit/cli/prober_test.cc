// Dialing an origin for `ccnproxy probe`.

#include "cli/prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/scripted_origin.h"
#include "fakes/service.h"
#include "fakes/test_pki.h"

namespace ccnproxy::cli {
namespace {

using fakes::OriginConnection;
using fakes::OriginOptions;
using fakes::ScriptedOrigin;
using fakes::Service;
using testing::HasSubstr;

class ProberTest : public testing::Test {
 protected:
  OriginOptions options(std::vector<std::string> alpn = {"h2"}) {
    OriginOptions made;
    made.certificate = pki_.server({"api.test"});
    made.alpn = std::move(alpn);
    return made;
  }
  /// The daemon's configuration with this origin as api.test.
  config::Config config(const ScriptedOrigin& origin) const {
    config::Config made;
    config::Override entry;
    entry.match = "api.test";
    entry.connect_host = "127.0.0.1";
    entry.connect_port = origin.port();
    entry.tls.ca_file = pki_.ca_file();
    made.overrides.push_back(entry);
    return made;
  }
  static std::unique_ptr<Prober> prober(const config::Config& config,
                                        const std::string& target = "/x?y",
                                        origin::Scheme scheme = origin::Scheme::https) {
    return std::make_unique<Prober>(
        daemon::WorkerConfig(config),
        origin::Origin{scheme, "api.test", origin::default_port(scheme)}, target);
  }
  std::unique_ptr<Prober> prober(const ScriptedOrigin& origin) { return prober(config(origin)); }

  static void expect_failure(const ProbeResult& result, const char* type, const char* phase) {
    ASSERT_TRUE(result.error);
    EXPECT_EQ(to_string(result.error->type), type);
    EXPECT_EQ(to_string(result.error->phase), phase);
    EXPECT_EQ(result.error->side, Side::origin);
    EXPECT_EQ(result.status, 0);
  }

  fakes::TestPki pki_;
};

TEST_F(ProberTest, each_attempt_is_a_connection_and_one_request) {
  for (const std::string protocol : {"h2", "http/1.1"}) {
    std::vector<fakes::Request> seen;
    Service service([&](const fakes::Request& request) {
      seen.push_back(request);
      return fakes::Response{.status = 204};
    });
    ScriptedOrigin origin(options({protocol}), service);
    const auto made = prober(origin);
    for (const bool resumed : {false, true, true}) {
      const auto result = made->connect();
      ASSERT_FALSE(result.error) << result.error->detail;
      EXPECT_EQ(result.status, 204);
      EXPECT_GT(result.first_byte.count(), 0);
      EXPECT_EQ(to_string(result.connection->protocol), protocol);
      EXPECT_EQ(result.connection->address, origin.endpoint());
      EXPECT_EQ(result.connection->tls_resumed, resumed);
      EXPECT_EQ(result.tls->resumed, resumed);
      EXPECT_EQ(result.tls->version, "TLSv1.3");
      if (!resumed) {
        EXPECT_THAT(result.tls->certificate.value().subject, HasSubstr("CN="));
      }
    }
    EXPECT_EQ(origin.accepts(), 3u);
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_EQ(seen[0].method, "HEAD");
    EXPECT_EQ(seen[0].target, "/x?y");
    EXPECT_EQ(seen[0].authority, "api.test");
    EXPECT_THAT(seen[0].fields.get("user-agent"), testing::StartsWith("ccnproxy-probe/"));
  }
}

TEST_F(ProberTest, learns_the_origins_group_from_one_attempt_to_the_next) {
  auto made = options();
  made.groups = "P-256";
  ScriptedOrigin origin(made, Service(fakes::standard_answers));
  const auto asks = prober(origin);
  for (const bool retried : {true, false}) {
    const auto result = asks->connect();
    ASSERT_FALSE(result.error) << result.error->detail;
    EXPECT_EQ(result.tls->group, "P-256");
    EXPECT_EQ(result.tls->retried, retried);
    EXPECT_GT(result.tls->hello_bytes, 200u);
    EXPECT_EQ(result.connection->tls_group, "P-256");
  }
}

TEST_F(ProberTest, a_repetition_uses_the_last_connection) {
  for (const std::string protocol : {"h2", "http/1.1"}) {
    ScriptedOrigin origin(options({protocol}), Service(fakes::standard_answers));
    const auto made = prober(origin);
    EXPECT_FALSE(made->repeat()) << "there is none yet";
    made->connect();
    const auto again = made->repeat();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->status, 200);
    EXPECT_FALSE(again->error);
    EXPECT_EQ(origin.accepts(), 1u);
    EXPECT_EQ(origin.requests(), 2u);
  }
}

TEST_F(ProberTest, a_connection_that_takes_no_more_is_not_used_again) {
  ScriptedOrigin origin(options({"http/1.1"}),
                        Service(fakes::standard_answers, {.close_after = 1}));
  const auto made = prober(origin);
  EXPECT_EQ(made->connect().status, 200);
  EXPECT_FALSE(made->repeat());
  EXPECT_EQ(made->connect().status, 200);
}

TEST_F(ProberTest, an_http_origin_has_no_tls) {
  OriginOptions plain;
  plain.tls = false;
  ScriptedOrigin origin(plain, Service(fakes::standard_answers));
  const auto made = prober(config(origin), "/", origin::Scheme::http);
  const auto result = made->connect();
  EXPECT_EQ(result.status, 200);
  EXPECT_FALSE(result.tls);
}

TEST_F(ProberTest, a_refused_connection) {
  ScriptedOrigin origin(options());
  origin.stop_listening();
  const auto result = prober(origin)->connect();
  expect_failure(result, "connection_refused", "tcp");
  EXPECT_FALSE(result.connection);
}

TEST_F(ProberTest, a_bad_certificate) {
  auto bad = options();
  bad.certificate = pki_.server({"evil.test"});
  ScriptedOrigin origin(bad, [](OriginConnection&) {});
  const auto result = prober(origin)->connect();
  expect_failure(result, "tls_certificate_error", "tls");
  EXPECT_THAT(result.error->detail, HasSubstr("ostname mismatch"));
}

TEST_F(ProberTest, no_answer_within_the_configured_time) {
  ScriptedOrigin origin(options({"http/1.1"}), [](OriginConnection& c) { c.read_to_end(); });
  auto impatient = config(origin);
  impatient.overrides[0].timeouts.response_head = std::chrono::milliseconds(100);
  const auto result = prober(impatient)->connect();
  expect_failure(result, "http_response_timeout", "response");
  EXPECT_TRUE(result.connection) << "it was made";
}

TEST_F(ProberTest, a_failure_is_not_held_against_the_next_attempt) {
  ScriptedOrigin origin(options({"http/1.1"}), [](OriginConnection& c) {
    c.read_request();
    if (c.number() == 0) return;
    c.respond(200);
    c.wait_for_end();
  });
  const auto made = prober(origin);
  EXPECT_TRUE(made->connect().error);
  EXPECT_FALSE(made->repeat());
  EXPECT_EQ(made->connect().status, 200);
}

}  // namespace
}  // namespace ccnproxy::cli
