// `ccnproxy probe` as a person at a shell meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_dir.h"
#include "integration/proxy_fixture.h"
#include "integration/shell.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ProbeCommand : public ::testing::Test {
 protected:
  Outcome probe(const std::vector<std::string>& arguments) {
    DaemonConfig config;
    config.origin("api.test", origin_.endpoint(), pki().ca_file());
    std::vector<std::string> all{"probe", "-f", folder_.write("c.yaml", config.yaml())};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(all);
  }

  TempDir folder_;
  ScriptedOrigin origin_{speaking({"h2"}), Service(standard_answers)};
};

TEST_F(ProbeCommand, shows_three_connections_and_a_warm_request) {
  const Outcome outcome = probe({"http://api.test.ccnproxy-https/x"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, StartsWith("HEAD https://api.test/x\n"));
  EXPECT_THAT(outcome.out, HasSubstr("200  h2 " + origin_.endpoint()));
  EXPECT_THAT(outcome.out, HasSubstr("\nwarm "));
  EXPECT_THAT(outcome.out, HasSubstr("\ncertificate: "));
  EXPECT_EQ(origin_.counts().handshakes, 3U);
  EXPECT_EQ(origin_.counts().resumed, 2U);
  EXPECT_EQ(origin_.requests(), 4U);
}

TEST_F(ProbeCommand, takes_the_origins_own_url_and_answers_in_json) {
  const Outcome outcome = probe({"-n", "1", "--json", "https://api.test/x"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith(R"({"url":"https://api.test/x","to":"https://api.test/x",)"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("status":200,"protocol":"h2")"));
  EXPECT_EQ(origin_.accepts(), 1U);
}

TEST_F(ProbeCommand, a_failure_is_told_with_its_phase_and_ends_with_1) {
  origin_.reconfigure(
      [](OriginOptions& options) { options.certificate = pki().expired({"api.test"}); });
  const Outcome outcome = probe({"-n", "1", "https://api.test/"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("failed in tls: tls_certificate_error: https://api.test"));
  EXPECT_THAT(outcome.out, HasSubstr("expired"));
}

TEST_F(ProbeCommand, stops_after_two_failures_alike_and_shows_the_certificate_that_was_refused) {
  origin_.reconfigure([](OriginOptions& options) {
    options.certificate = pki().server({"other.example", "*.other.example"});
  });
  const Outcome outcome = probe({"-n", "9", "https://api.test/"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(origin_.accepts(), 2U);
  EXPECT_THAT(outcome.out, HasSubstr("\nstopped: the last two attempts failed alike"));
  EXPECT_THAT(outcome.out, HasSubstr("\ncertificate: CN=other.example; for other.example, "
                                     "*.other.example; issued by CN=ccnproxy test root; valid "
                                     "from 20"));
  EXPECT_THAT(outcome.out, HasSubstr("\nrefused: the certificate is for other.example, "
                                     "*.other.example, not api.test"));
}

TEST_F(ProbeCommand, goes_on_after_failures_that_differ) {
  int attempt = 0;
  ScriptedOrigin fickle(speaking({"http/1.1"}), [&](OriginConnection& c) {
    c.read_request();
    if (attempt++ % 2 == 0) c.respond(200);
  });
  DaemonConfig config;
  config.origin("api.test", fickle.endpoint(), pki().ca_file());
  const Outcome outcome =
      run({"probe", "-f", folder_.write("f.yaml", config.yaml()), "-n", "4", "https://api.test/"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(fickle.accepts(), 4U);
}

TEST_F(ProbeCommand, what_has_no_origin_is_told) {
  for (const std::string url : {"http://", "a b", "ftp://x/", "http://.ccnproxy-https/"}) {
    const Outcome outcome = probe({url});
    EXPECT_EQ(outcome.code, 1) << url;
    EXPECT_THAT(outcome.err, StartsWith("ccnproxy probe: ")) << url;
    EXPECT_EQ(outcome.out, "") << url;
  }
  EXPECT_EQ(origin_.accepts(), 0U);
}

}  // namespace
}  // namespace ccnproxy::integration
