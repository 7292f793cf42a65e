// Connections that the origin closes, or writes on, while nothing is asked of it.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;

/// Whether every thread of a process is stopped (proc(5)): kill() returns before they are.
bool all_stopped(pid_t pid) {
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::string line;
    std::getline(std::ifstream(thread.path() / "stat"), line);
    if (line.compare(line.rfind(')') + 1, 3, " T ") != 0) return false;
  }
  return true;
}

/// The daemon does nothing while this lives; what happens meanwhile it finds all at once.
class Asleep {
 public:
  explicit Asleep(DaemonProcess& daemon) : daemon_(daemon) {
    daemon.signal(SIGSTOP);
    const Deadline deadline;
    while (!all_stopped(daemon.process().pid())) {
      if (deadline.passed()) throw Failure("the daemon did not stop");
      sched_yield();
    }
  }
  ~Asleep() { daemon_.signal(SIGCONT); }
  Asleep(const Asleep&) = delete;
  Asleep& operator=(const Asleep&) = delete;

 private:
  DaemonProcess& daemon_;
};

/// A client and an origin that have exchanged one request, so that the connection is a used one.
class OriginStale : public ::testing::TestWithParam<std::string> {
 protected:
  OriginStale() {
    client.send(get_request("/first"));
    first.emplace(both.origin);
    first->read_request();
    first->respond(200, "one");
    EXPECT_EQ(client.read_response().body, "one");
  }
  /// The next connection serves this one request.
  Request serve_on_a_fresh_connection() {
    OriginSide second(both.origin);
    Request request = second.read_request();
    second.respond(200, "two");
    return request;
  }
  void expect_the_second_answer() {
    const ReceivedResponse response = client.read_response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "two");
  }

  OriginAndProxy both{speaking({GetParam()})};
  RawClient client = both.proxy.client();
  std::optional<OriginSide> first;
};

INSTANTIATE_TEST_SUITE_P(Protocols, OriginStale, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(OriginStale, F001_a_get_is_sent_again_when_the_connection_closes_under_it) {
  client.send(get_request("/second"));
  first->read_some_of_a_request();
  first->connection().close();
  EXPECT_EQ(serve_on_a_fresh_connection().target, "/second");
  expect_the_second_answer();
  EXPECT_EQ(both.origin.accepts(), 2U);
  EXPECT_THAT(outcomes(both.proxy.records(2)),
              ElementsAre("200", "200 retries=1 no_byte_on_reused"));
}

TEST_P(OriginStale, F001_a_reset_is_as_good_as_a_close) {
  client.send(get_request("/second"));
  first->read_some_of_a_request();
  first->connection().reset();
  serve_on_a_fresh_connection();
  expect_the_second_answer();
  EXPECT_THAT(outcomes(both.proxy.records(2)),
              ElementsAre("200", "200 retries=1 no_byte_on_reused"));
}

TEST_P(OriginStale, F002_a_post_that_may_have_been_acted_on_is_not_sent_again) {
  client.send(post_request("/second", "money"));
  EXPECT_EQ(first->read_request().body, "money");
  first->connection().close();
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "connection_terminated");
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(both.origin.accepts(), 1U);
  EXPECT_THAT(outcomes(both.proxy.records(2)),
              ElementsAre("200", "502 connection_terminated/origin/response"));
}

TEST_P(OriginStale, F002_an_idempotency_key_makes_a_post_repeatable) {
  client.send(post_request("/second", "money", "Idempotency-Key: 7\r\n"));
  EXPECT_EQ(first->read_request().body, "money");
  first->connection().close();
  EXPECT_EQ(serve_on_a_fresh_connection().body, "money");
  expect_the_second_answer();
  EXPECT_THAT(outcomes(both.proxy.records(2)),
              ElementsAre("200", "200 retries=1 no_byte_on_reused"));
}

TEST_P(OriginStale, F003_a_closed_connection_is_not_lent_even_to_a_post) {
  first->connection().stream().finish_writing();
  if (first->is_h2()) {
    first->peer().want_end();  // the daemon has seen the end and closed its side
  } else {
    first->connection().wait_for_end();
  }
  client.send(post_request("/second", "money"));
  EXPECT_EQ(serve_on_a_fresh_connection().body, "money");
  expect_the_second_answer();
  EXPECT_EQ(both.origin.accepts(), 2U);
  EXPECT_THAT(outcomes(both.proxy.records(2)), ElementsAre("200", "200"));
}

/// One turn of the daemon's loop sees a request and the end of the connection that stands ready for
/// it.
TEST_P(OriginStale, F003_an_end_seen_in_the_turn_of_the_request_costs_a_post_nothing) {
  {
    const Asleep asleep(both.proxy.daemon);
    client.send(post_request("/second", "money"));
    first->connection().close_without_notify();
  }
  EXPECT_EQ(serve_on_a_fresh_connection().body, "money");
  expect_the_second_answer();
  EXPECT_EQ(both.proxy.records(2).back().get("status"), "200");
}

TEST_P(OriginStale, F013_a_late_session_ticket_leaves_the_connection_in_use) {
  first->connection().send_session_ticket();
  client.send(get_request("/second"));
  EXPECT_EQ(first->read_request().target, "/second");
  first->respond(200, "two");
  expect_the_second_answer();
  EXPECT_EQ(both.origin.accepts(), 1U);
  EXPECT_EQ(both.proxy.records(2).back().get("reused"), "true");
}

TEST_P(OriginStale, F042_a_close_without_notify_on_an_idle_connection_is_no_error) {
  first->connection().close_without_notify();
  client.send(get_request("/second"));
  serve_on_a_fresh_connection();
  expect_the_second_answer();
  EXPECT_THAT(both.proxy.daemon.log(), ::testing::Not(::testing::HasSubstr("eof")));
  EXPECT_EQ(both.proxy.records(2).back().get("type"), "");
}

class OriginStaleHttp1 : public OriginStale {};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginStaleHttp1, ::testing::Values("http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

const std::string timeout_answer =
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

TEST_P(OriginStaleHttp1, F005_a_408_that_nobody_asked_for_is_nobodys_answer) {
  first->connection().write(timeout_answer);
  first->connection().wait_for_end();
  client.send(get_request("/second"));
  serve_on_a_fresh_connection();
  expect_the_second_answer();
  EXPECT_EQ(both.origin.accepts(), 2U);
  EXPECT_THAT(outcomes(both.proxy.records(2)), ElementsAre("200", "200"));
}

/// As above, but the daemon finds the request and the 408 in the same turn: the 408 came before the
/// request was sent, so it can't be its answer.
TEST_P(OriginStaleHttp1, F005_a_408_that_crosses_the_request_is_not_its_answer) {
  {
    const Asleep asleep(both.proxy.daemon);
    client.send(post_request("/second", "money"));
    first->connection().write(timeout_answer);
  }
  EXPECT_EQ(serve_on_a_fresh_connection().body, "money");
  expect_the_second_answer();
  EXPECT_EQ(both.proxy.records(2).back().get("status"), "200");
}

TEST_P(OriginStaleHttp1, F006_a_body_on_head_never_becomes_the_next_response) {
  client.send("HEAD /head HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  first->read_request();
  first->connection().write(
      "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  EXPECT_EQ(client.read_response("HEAD").fields.get("content-length"), "44");
  client.send(get_request("/second"));
  serve_on_a_fresh_connection();
  expect_the_second_answer();
  EXPECT_THAT(outcomes(both.proxy.records(3)), ElementsAre("200", "200", "200"));
}

TEST_P(OriginStaleHttp1, F006_bytes_beyond_the_length_never_become_the_next_response) {
  client.send(get_request("/short"));
  first->read_request();
  first->connection().write(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
      "Content-Length: 4\r\n\r\nevil");
  EXPECT_EQ(client.read_response().body, "ok");
  client.send(get_request("/second"));
  serve_on_a_fresh_connection();
  expect_the_second_answer();
  EXPECT_EQ(both.origin.accepts(), 2U);
}

TEST_P(OriginStaleHttp1, F006_bytes_after_the_last_chunk_never_become_the_next_response) {
  client.send(get_request("/chunked"));
  first->read_request();
  first->connection().write(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  EXPECT_EQ(client.read_response().body, "ok");
  client.send(get_request("/second"));
  serve_on_a_fresh_connection();
  expect_the_second_answer();
  EXPECT_EQ(both.origin.accepts(), 2U);
}

}  // namespace
}  // namespace ccnproxy::integration
