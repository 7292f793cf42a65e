// Clients beyond limits.clients: /hc is answered whatever the others do, everything else waits for
// a place, and what can't wait is refused in words.
#include "client_fixture.h"
#include "fakes/latch.h"
#include "fakes/prometheus_text.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// A daemon whose two places are taken by requests that their origin holds.
class TwoPlaces : public ::testing::TestWithParam<const char*> {
 protected:
  TwoPlaces() {
    for (auto* client : {&first, &second})
      client->send(head("GET /slow HTTP/1.1", proxy.label_host));
    proxy.origin.wait_for_requests(2);
  }
  ~TwoPlaces() override { hold->open(); }

  double clients() {
    return PrometheusText(RawClient(proxy.daemon->admin_address()).get("admin", "/metrics").body)
        .value("ccnproxy_clients");
  }

  std::shared_ptr<Latch> hold = std::make_shared<Latch>();
  OneOrigin proxy{"plain", Service([this](const Request& request) {
                    if (request.target == "/slow") return Response{.held_by = hold};
                    return standard_answers(request);
                  }),
                  [](DaemonConfig& config) {
                    config.with_admin().set("limits.clients", "2").set("workers", GetParam());
                  }};
  RawClient first = proxy.connect();
  RawClient second = proxy.connect();
};
INSTANTIATE_TEST_SUITE_P(Workers, TwoPlaces, ::testing::Values("1", "2", "4"),
                         [](const auto& test) { return std::string("workers") + test.param; });

TEST_P(TwoPlaces, F152_health_is_answered_while_all_places_are_taken) {
  for (const std::string method : {"GET", "HEAD"}) {
    for (int i = 0; i < 50; ++i) {
      RawClient client = proxy.connect();
      client.send(head(method + " /hc HTTP/1.1", "localhost"));
      const auto answer = client.read_response(method);
      ASSERT_EQ(answer.status, 200) << method << i;
    }
  }
  EXPECT_EQ(RawClient(proxy.daemon->admin_address()).get("admin", "/healthz").status, 200);
}

TEST_P(TwoPlaces, F152_health_is_answered_among_silent_clients_and_those_that_wait) {
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 60; ++i) {
    silent.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    if (i % 3 == 1) silent.back()->send("GET / HTTP/1.1\r\nHo");
    if (i % 3 == 2) silent.back()->send(head("GET / HTTP/1.1", proxy.label_host));
    ASSERT_EQ(proxy.connect().get("localhost", "/hc").status, 200) << i;
  }
}

TEST_P(TwoPlaces, F152_a_request_waits_for_a_place) {
  RawClient third = proxy.connect();
  third.send(head("GET / HTTP/1.1", proxy.label_host));
  third.stream().pause(Patience(100));
  char byte = 0;
  EXPECT_EQ(third.stream().try_read(&byte, 1).outcome, Stream::Outcome::WouldBlock);
  first.close();
  EXPECT_EQ(third.read_response().status, 200);
  EXPECT_EQ(third.get(proxy.label_host).status, 200) << "it has a place now, and keeps it";
}

TEST_P(TwoPlaces, F152_what_came_with_the_request_is_not_lost_while_it_waits) {
  RawClient third = proxy.connect();
  third.send(head("POST /echo HTTP/1.1", proxy.label_host, "Content-Length: 5\r\n") + "hello" +
             head("GET / HTTP/1.1", proxy.label_host));
  third.stream().pause(Patience(50));
  first.close();
  EXPECT_EQ(third.read_response().status, 200);
  EXPECT_EQ(third.read_response().status, 200);
}

TEST_P(TwoPlaces, F152_an_origin_s_own_hc_waits_for_a_place_like_any_request) {
  RawClient third = proxy.connect();
  third.send(head("GET /hc HTTP/1.1", proxy.label_host));
  third.stream().pause(Patience(100));
  char byte = 0;
  EXPECT_EQ(third.stream().try_read(&byte, 1).outcome, Stream::Outcome::WouldBlock);
  first.close();
  EXPECT_NE(third.read_response().status, 503);
}

TEST_P(TwoPlaces, F152_more_than_can_wait_are_refused_in_words) {
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 60; ++i) {
    waiting.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
    waiting.back()->send(head("GET / HTTP/1.1", proxy.label_host, "Connection: close\r\n"));
  }
  proxy.daemon->wait_for_access_records(1);  // one that is refused: the others are still held
  hold->open();
  EXPECT_EQ(first.read_response().status, 200);
  first.close();
  EXPECT_EQ(second.read_response().status, 200);
  second.close();
  std::size_t served = 0;
  for (auto& client : waiting) {
    const auto answer = client->read_response();
    served += answer.status == 200 ? 1 : 0;
    if (answer.status != 200) {
      EXPECT_EQ(answer.status, 503);
      EXPECT_EQ(proxy_error(answer), "connection_limit_reached");
      EXPECT_TRUE(answer.fields.has("retry-after"));
      EXPECT_THAT(answer.body, HasSubstr("limits.clients"));
    }
    client.reset();
  }
  EXPECT_GE(served, 2U);
  EXPECT_LT(served, 60U);
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);
}

TEST_P(TwoPlaces, F152_one_that_leaves_while_it_waits_is_forgotten) {
  for (int i = 0; i < 40; ++i) {
    RawClient third = proxy.connect();
    third.send(head("GET / HTTP/1.1", proxy.label_host));
    third.reset();
  }
  for (const Deadline deadline; clients() > 2;)
    ASSERT_FALSE(deadline.passed()) << "those that left are still held";
  RawClient last = proxy.connect();
  last.send(head("GET / HTTP/1.1", proxy.label_host));
  first.close();
  EXPECT_EQ(last.read_response().status, 200);
}

TEST_P(TwoPlaces, F152_a_request_that_waits_in_vain_is_refused_in_words) {
  // As long as a head may take: what waits is no longer than that without an answer.
  OneOrigin short_head("plain",
                       Service([this](const Request&) { return Response{.held_by = hold}; }),
                       [](DaemonConfig& config) {
                         config.set("limits.clients", "1").set("timeouts.client_head", "200ms");
                       });
  RawClient one = short_head.connect();
  one.send(head("GET / HTTP/1.1", short_head.label_host));
  short_head.origin.wait_for_requests(1);
  const auto answer = short_head.connect().get(short_head.label_host);
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("limits.clients"));
  hold->open();
  EXPECT_EQ(one.read_response().status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
