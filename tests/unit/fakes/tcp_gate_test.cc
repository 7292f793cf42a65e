// The manual of TcpGate: what a network can do between a client and an origin.
#include "fakes/tcp_gate.h"

#include <gtest/gtest.h>

#include "fakes/raw_client.h"
#include "fakes/scripted_origin.h"

namespace ccnproxy::fakes {
namespace {

OriginOptions plain() {
  OriginOptions options;
  options.tls = false;
  return options;
}

class TcpGateTest : public ::testing::Test {
 protected:
  ScriptedOrigin origin{plain()};
  TcpGate gate{origin.endpoint()};
  RawClient client{gate.endpoint()};
  std::shared_ptr<OriginConnection> server = origin.accept();
};

TEST_F(TcpGateTest, forwards_and_counts) {
  client.send("ping");
  EXPECT_EQ(server->read_exact(4), "ping");
  server->write("pong!");
  EXPECT_EQ(client.read_exact(5), "pong!");
  gate.wait_for_bytes(TcpGate::ToServer, 4);
  gate.wait_for_bytes(TcpGate::ToClient, 5);
  EXPECT_EQ(gate.bytes(TcpGate::ToServer), 4U);
  EXPECT_EQ(gate.connections(), 1U);
  EXPECT_EQ(gate.open_connections(), 1U);
}

TEST_F(TcpGateTest, passes_half_closes_on) {
  client.send("last");
  client.finish_writing();
  EXPECT_EQ(server->read_to_end(), "last");
  server->write("answer");
  server->close();
  EXPECT_EQ(client.read_to_end(), "answer");
  EXPECT_EQ(client.end(), StreamEnd::Fin);
  gate.wait_for_open(0);
}

TEST_F(TcpGateTest, passes_a_reset_on) {
  client.send("x");
  server->read_exact(1);  // the gate has both ends by now
  server->reset();
  client.read_to_end();
  EXPECT_EQ(client.end(), StreamEnd::Reset);
}

TEST_F(TcpGateTest, carries_a_large_body_in_order_through_delay_and_bandwidth) {
  gate.set(TcpGate::ToClient, {.delay = Patience(5), .bytes_per_second = 50'000'000});
  const std::string body = pattern(0, 2'000'000);
  std::thread sending([&] {
    server->write(body);
    server->close();
  });
  EXPECT_EQ(client.read_to_end(), body);
  sending.join();
}

TEST_F(TcpGateTest, a_delay_is_at_least_what_was_asked) {
  gate.set(TcpGate::ToServer, {.delay = Patience(40)});
  const auto start = Deadline::Clock::now();
  client.send("x");
  server->read_exact(1);
  EXPECT_GE(Deadline::Clock::now() - start, Patience(40));
}

TEST_F(TcpGateTest, F010_a_stall_fills_the_senders_buffers_and_ends) {
  gate.stall(TcpGate::ToServer);
  constexpr std::uint64_t limit = 256 << 20;
  const std::uint64_t sent = client.send_until_blocked(Patience(200), limit);
  EXPECT_LT(sent, limit);
  EXPECT_EQ(gate.bytes(TcpGate::ToServer), 0U);
  server->write("the other way is open");
  EXPECT_EQ(client.read_exact(21), "the other way is open");
  gate.resume(TcpGate::ToServer);
  EXPECT_EQ(server->read_exact(sent), pattern(0, sent));
}

TEST_F(TcpGateTest, F007_drops_silently) {
  gate.drop_silently();
  client.send("lost");
  EXPECT_THROW(server->read_exact(1, Patience(50)), Failure);
  EXPECT_EQ(client.end(), StreamEnd::Open);
  RawClient second(gate.endpoint());  // connects, and hears nothing either
  gate.wait_for_connections(2);
  EXPECT_EQ(origin.accepts(), 1U);
  gate.pass_again();
  RawClient third(gate.endpoint());
  third.send("here");
  EXPECT_EQ(origin.accept()->read_exact(4), "here");
  client.send("still lost");
  EXPECT_THROW(server->read_exact(1, Patience(50)), Failure);
}

TEST_F(TcpGateTest, cuts_and_resets_both_ends) {
  gate.cut();
  client.read_to_end();
  EXPECT_EQ(client.end(), StreamEnd::Fin);
  EXPECT_EQ(server->wait_for_end(), StreamEnd::Fin);
  RawClient second(gate.endpoint());
  const auto at_server = origin.accept();
  second.send("x");
  at_server->read_exact(1);
  gate.reset();
  second.read_to_end();
  EXPECT_EQ(second.end(), StreamEnd::Reset);
  EXPECT_EQ(at_server->wait_for_end(), StreamEnd::Reset);
}

TEST_F(TcpGateTest, F082_ends_a_connection_after_so_many_bytes) {
  gate.set(TcpGate::ToClient, {.end_after = 100});
  server->write(pattern(0, 1000));
  EXPECT_EQ(client.read_to_end(), pattern(0, 100));
  EXPECT_EQ(client.end(), StreamEnd::Fin);
}

TEST_F(TcpGateTest, ends_by_reset_after_so_many_bytes) {
  gate.set(TcpGate::ToServer, {.end_after = 10, .end_by_reset = true});
  client.send(pattern(0, 1000));
  client.read_to_end();
  EXPECT_EQ(client.end(), StreamEnd::Reset);
}

TEST_F(TcpGateTest, refuses_connects_for_a_while) {
  gate.stop_listening();
  EXPECT_THROW(RawClient refused(gate.endpoint()), Failure);
  gate.listen_again();
  RawClient again(gate.endpoint());
  EXPECT_EQ(origin.accept()->number(), 1U);
}

TEST_F(TcpGateTest, closes_a_client_whose_server_refuses) {
  origin.stop_listening();
  RawClient second(gate.endpoint());
  EXPECT_EQ(second.read_to_end(), "");
  EXPECT_EQ(second.end(), StreamEnd::Fin);
}

TEST_F(TcpGateTest, sends_new_connections_elsewhere) {
  ScriptedOrigin other(plain());
  gate.set_server(other.endpoint());
  RawClient second(gate.endpoint());
  other.accept();
  EXPECT_EQ(origin.accepts(), 1U);
}

}  // namespace
}  // namespace ccnproxy::fakes
