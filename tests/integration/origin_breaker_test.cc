// The circuit breaker: what clients get while an origin lets everything time out, and after it.
#include <gmock/gmock.h>

#include "fakes/prometheus_text.h"
#include "fakes/service.h"
#include "reload_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string state_series = "ccnproxy_breaker_state{origin=\"https://api.test\"}";

DaemonConfig breaking_after(int failures, const std::string& probe = "100ms") {
  auto config = one_worker();
  config.set("breaker.failures", std::to_string(failures)).set("breaker.probe", probe);
  config.with_admin();
  return config;
}

class Breaker : public ::testing::Test {
 protected:
  static OriginOptions hanging() {
    auto options = speaking({"h2", "http/1.1"});
    options.answer_handshake = false;
    return options;
  }
  static double state(const Proxy& proxy) {
    return PrometheusText(RawClient(proxy.daemon.admin_address()).get("admin", "/metrics").body)
        .value_or(state_series, -1);
  }
  /// Requests until one is refused; what that one got.
  static ReceivedResponse first_refused(Proxy& proxy) {
    for (const Deadline deadline;;) {
      auto response = proxy.get();
      if (response.status == 503) return response;
      EXPECT_EQ(response.status, 504);
      if (deadline.passed()) throw Failure("no request was refused");
    }
  }
  /// Requests until one has an answer of the origin.
  static void wait_for_answer(Proxy& proxy) {
    for (const Deadline deadline; proxy.get().status != 200;) {
      if (deadline.passed()) throw Failure("the origin is not asked again");
    }
  }

  const std::vector<std::string> short_timeouts_{"timeouts: {tls: 100ms, response_head: 100ms}"};
};

TEST_F(Breaker, requests_to_an_origin_that_hangs_in_tls_are_refused_until_it_is_back) {
  Service service(standard_answers);
  OriginAndProxy both(hanging(), service, breaking_after(2), short_timeouts_);
  const auto refused = first_refused(both.proxy);
  EXPECT_EQ(refused.fields.get("Retry-After"), "1");
  EXPECT_THAT(refused.fields.get("Proxy-Status"), HasSubstr("error=destination_unavailable"));
  EXPECT_THAT(refused.body, AllOf(StartsWith("https://api.test: not asked, as the last "),
                                  HasSubstr("dials timed out; last: https://api.test ("),
                                  HasSubstr("the TLS handshake was not over within 100 ms")));
  EXPECT_GE(state(both.proxy), 1);

  both.origin.reconfigure([](OriginOptions& options) { options.answer_handshake = true; });
  wait_for_answer(both.proxy);
  EXPECT_EQ(state(both.proxy), 0);
}

TEST_F(Breaker, one_worker_learns_for_all) {
  auto config = breaking_after(2, "10m").set("workers", "4");
  config.set("breaker.probe_max", "10m");
  OriginAndProxy both(hanging(), nullptr, config, short_timeouts_);
  first_refused(both.proxy);
  for (int i = 0; i < 32; ++i) EXPECT_EQ(both.proxy.get().status, 503);
}

TEST_F(Breaker, answers_that_do_not_come_open_it_and_one_that_comes_closes_it) {
  const auto speaks = std::make_shared<Latch>();
  Service service([&speaks](const Request&) { return Response{.held_by = speaks}; });
  OriginAndProxy both(speaking({"http/1.1"}), service, breaking_after(3), short_timeouts_);
  EXPECT_THAT(first_refused(both.proxy).body, HasSubstr("requests had no answer in time"));
  speaks->open();
  wait_for_answer(both.proxy);
  EXPECT_EQ(state(both.proxy), 0);
}

TEST_F(Breaker, an_origin_that_refuses_connections_is_asked_each_time) {
  OriginAndProxy both(speaking({"http/1.1"}), nullptr, breaking_after(1));
  both.origin.stop_listening();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(both.proxy.get().status, 502);
}

TEST_F(Breaker, off_by_zero_failures) {
  OriginAndProxy both(hanging(), nullptr, breaking_after(0), short_timeouts_);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(both.proxy.get().status, 504);
}

using BreakerReload = Reload;

TEST_F(BreakerReload, one_that_is_turned_off_refuses_nothing_any_more) {
  origin.reconfigure([](OriginOptions& options) { options.answer_handshake = false; });
  config.set("timeouts.tls", "50ms").set("breaker.failures", "1").set("breaker.probe", "10m");
  config.set("breaker.probe_max", "10m");
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get().status, 504);
  EXPECT_EQ(proxy.get().status, 503);
  config.set("breaker.failures", "0");
  reload();
  EXPECT_EQ(proxy.get().status, 504);
}

}  // namespace
}  // namespace ccnproxy::integration
