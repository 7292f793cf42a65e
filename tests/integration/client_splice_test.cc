// Failures while output to the client is held: it sees whole messages in order, or a reset. Never
// the head of one message within another, and never a further response on that connection.
#include <cctype>

#include "client_fixture.h"
#include "fakes/temp_dir.h"
#include "origin_side.h"
#include "tunnel_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Together more than the sockets of a client that does not read take.
constexpr int interim_responses = 16;

const std::string interim =
    "HTTP/1.1 103 Early Hints\r\nX-Pad: " + std::string(60'000, 'a') + "\r\n\r\n";

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}
const std::string lower_interim = lower(interim);

/// What came to a client after the interim responses, in lower case, and how it ended.
struct Seen {
  std::size_t interims = 0;
  std::string rest;
  StreamEnd end = StreamEnd::Open;
};

Seen read_all(RawClient& client) {
  Seen seen;
  seen.rest = lower(client.read_to_end());
  seen.end = client.end();
  while (seen.rest.starts_with(lower_interim)) {
    seen.rest.erase(0, interim.size());
    ++seen.interims;
  }
  return seen;
}

/// Whole messages in order, or a reset that cuts the last one.
void expect_no_splice(const Seen& seen) {
  const bool cut_interim = lower_interim.starts_with(seen.rest);
  if (seen.end == StreamEnd::Reset && cut_interim) return;
  EXPECT_LE(seen.interims, std::size_t{interim_responses});
  EXPECT_THAT(seen.rest.substr(0, 200), StartsWith("http/1.1 "));
  EXPECT_EQ(seen.rest.find("http/1.1 ", 1), std::string::npos);
}

/// The same, with an answer of our own behind them, which is the last. It may take the place of
/// interim responses that have not left.
void expect_answer(const Seen& seen, const std::string& status) {
  EXPECT_LE(seen.interims, std::size_t{interim_responses});
  EXPECT_THAT(seen.rest.substr(0, 200), StartsWith("http/1.1 " + status));
  EXPECT_THAT(seen.rest, HasSubstr("\r\nconnection: close\r\n"));
  const auto body = seen.rest.find("\r\n\r\n") + 4;
  EXPECT_THAT(seen.rest,
              HasSubstr("\r\ncontent-length: " + std::to_string(seen.rest.size() - body) + "\r\n"));
  EXPECT_EQ(seen.end, StreamEnd::Fin);
}

/// An origin's interim responses on their way to a client that does not read.
struct Held {
  explicit Held(const std::string& protocol, const OneOrigin::Adjust& adjust = {},
                const std::string& line = "GET / HTTP/1.1", const std::string& fields = "",
                const std::string& body = "")
      : proxy(protocol, nullptr,
              [&](DaemonConfig& config) {
                config.listen("unix:" + folder.path() + "/proxy");
                if (adjust) adjust(config);
              }),
        client(proxy.daemon->address(1)) {
    client.send(head(line, proxy.label_host, fields) + body);
    side.emplace(proxy.origin);
    if (side->is_h2()) {
      stream = side->peer().want_headers().stream;
    } else {
      side->connection().read_request_head();
    }
    for (int i = 0; i < interim_responses; ++i) write_interim();
  }
  void write_interim() {
    if (side->is_h2()) {
      side->peer().write_headers(stream, {{":status", "103"}, {"x-pad", std::string(60'000, 'a')}});
    } else {
      side->connection().write(interim);
    }
  }
  void write(std::string_view bytes) { side->connection().write(bytes); }
  /// The proxy has given the origin's connection up.
  void wait_for_end() { side->connection().read_to_end(); }
  /// A request behind the one that fails.
  void pipeline() { client.send(head("GET /next HTTP/1.1", proxy.label_host)); }

  TempDir folder;
  OneOrigin proxy;
  RawClient client;  ///< over a unix socket: the kernel takes little, and the same each time
  std::optional<OriginSide> side;
  std::uint32_t stream = 0;
};

struct Broken {
  std::string name;
  std::string bytes;
};

class ClientSplice : public ::testing::TestWithParam<Broken> {};

/// All in one write, so that the head is not on its way when it breaks.
TEST_P(ClientSplice, F155_a_broken_response_after_held_interim_ones) {
  for (const bool pipelined : {false, true}) {
    Held held("plain");
    if (pipelined) held.pipeline();
    held.write(GetParam().bytes);
    held.side->connection().finish_writing();
    held.wait_for_end();
    expect_answer(read_all(held.client), "502 ");
    EXPECT_EQ(held.proxy.origin.accepts(), 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Responses, ClientSplice,
    ::testing::Values(
        Broken{"none", ""}, Broken{"no_http", "bytes\r\n\r\n"},
        Broken{"head_without_end", "HTTP/1.1 200 OK\r\nX-A: b\r\n"},
        Broken{"two_lengths",
               "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
        Broken{"unasked_101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"},
        Broken{"broken_chunk_with_its_head",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nXYZ\r\n"}),
    [](const auto& test) { return test.param.name; });

TEST(ClientSplices, F155_http2_streams_that_fail_behind_held_interim_responses) {
  Held held("h2");
  held.side->peer().write_rst(held.stream, 2);
  held.side->peer().write_goaway(held.stream, 0);
  held.wait_for_end();
  expect_answer(read_all(held.client), "502 ");
}

TEST(ClientSplices, F155_a_response_that_does_not_come) {
  Held held("plain", [](auto& config) { config.set("timeouts.response_head", "300ms"); });
  held.wait_for_end();
  expect_answer(read_all(held.client), "504 ");
}

TEST(ClientSplices, F155_a_request_body_that_breaks) {
  Held held("plain", {}, "POST / HTTP/1.1", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n");
  held.client.send("XYZ\r\n");
  held.wait_for_end();
  expect_answer(read_all(held.client), "400 ");
}

TEST(ClientSplices, F155_a_request_body_over_the_limit) {
  Held held(
      "plain", [](auto& config) { config.set("limits.body_bytes", "1KiB"); }, "POST / HTTP/1.1",
      "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n");
  held.client.send("800\r\n" + std::string(0x800, 'b') + "\r\n");
  held.wait_for_end();
  expect_answer(read_all(held.client), "413 ");
}

TEST(ClientSplices, F155_a_request_body_that_stalls) {
  Held held(
      "plain", [](auto& config) { config.set("timeouts.body_idle", "300ms"); }, "POST / HTTP/1.1",
      "Content-Length: 10\r\n", "abc");
  held.wait_for_end();
  expect_answer(read_all(held.client), "408 ");
}

/// Over TCP, where a reset can be told from an end in order.
struct HeldOverTcp {
  explicit HeldOverTcp(const OneOrigin::Adjust& adjust = {})
      : proxy("plain", nullptr,
              [&](DaemonConfig& config) {
                config.set("limits.head_bytes", "1MiB");
                if (adjust) adjust(config);
              }),
        client(proxy.daemon->address(), {.receive_buffer = 4096}) {
    client.send(head("GET / HTTP/1.1", proxy.label_host));
    origin = proxy.origin.accept();
    origin->read_request_head();
    for (int i = 0; i < interim_responses; ++i) origin->write(large);
  }
  /// Whole ones, then a part of one (or of `next`, behind them) and a reset, or nothing more.
  void expect_reset(const std::string& next = "") {
    origin->read_to_end();
    std::string rest = client.read_to_end();
    while (rest.starts_with(large)) rest.erase(0, large.size());
    EXPECT_TRUE(large.starts_with(rest) || rest.starts_with(next));
    EXPECT_EQ(rest.find("HTTP/1.1 ", 1), std::string::npos);
    EXPECT_TRUE(client.end() == StreamEnd::Reset || rest.empty()) << to_string(client.end());
  }

  /// Together more than the kernel takes for a TCP client that does not read.
  const std::string large =
      "HTTP/1.1 103 Early Hints\r\nX-Pad: " + std::string(60'000, 'a') + "\r\n\r\n";
  OneOrigin proxy;
  RawClient client;
  std::shared_ptr<OriginConnection> origin;
};

/// Its head has been added to what is held: the message can't be completed any more.
TEST(ClientSplices, F155_a_body_that_breaks_off_behind_held_interim_responses) {
  for (const std::string framing : {"Content-Length: 1000000", "Transfer-Encoding: chunked"}) {
    HeldOverTcp held;
    held.origin->write("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\nf4240\r\n" +
                       std::string(600'000, 'b'));
    held.origin->finish_writing();
    held.expect_reset("HTTP/1.1 200 OK\r\n");
  }
}

TEST(ClientSplices, F155_a_client_that_takes_nothing_is_cut_off_in_what_it_is_owed) {
  Held held("plain", [](auto& config) { config.set("timeouts.client_write", "300ms"); });
  held.wait_for_end();
  EXPECT_TRUE(lower_interim.starts_with(read_all(held.client).rest));
}

/// It can't be told from one that has gone: no answer, and what is cut does not end in order.
TEST(ClientSplices, F155_a_client_that_has_closed_one_direction_sees_no_half_message) {
  HeldOverTcp held;
  held.client.finish_writing();
  held.expect_reset();
}

TEST(ClientSplices, F155_the_end_of_the_daemon) {
  HeldOverTcp held;
  held.proxy.daemon->signal(SIGTERM);
  held.proxy.daemon->wait_for_log("draining");
  held.proxy.daemon->signal(SIGTERM);
  held.expect_reset();
}

TEST(ClientSplices, F155_a_drain_lets_it_end_in_order) {
  Held held("plain", [](auto& config) { config.set("timeouts.drain", "1m"); });
  held.proxy.daemon->signal(SIGTERM);
  held.proxy.daemon->wait_for_log("draining");
  held.side->connection().close();
  expect_answer(read_all(held.client), "502 ");
}

TEST(ClientSplices, F155_a_tunnel_begins_behind_held_interim_responses) {
  Held held("plain", tunnels, "GET /chat HTTP/1.1", ask_fields);
  held.write(agreed + "hello");
  held.side->connection().finish_writing();
  const auto seen = read_all(held.client);
  expect_no_splice(seen);
  EXPECT_THAT(seen.rest, HasSubstr(" 101 "));
  EXPECT_THAT(seen.rest, ::testing::EndsWith("\r\n\r\nhello"));
}

/// Nothing fails: it is all in order, and the connection goes on. Interim responses that the client
/// is too slow for are left out, as whole ones.
TEST(ClientSplices, F155_a_response_behind_held_interim_ones_keeps_the_connection) {
  Held held("plain");
  held.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage");
  held.pipeline();
  auto next = held.client.read_until("\r\n\r\n");
  EXPECT_EQ(next, interim);
  while (next == interim) next = held.client.read_until("\r\n\r\n");
  EXPECT_THAT(next, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(held.client.read_exact(4), "page");
  held.side->connection().read_request();
  held.side->connection().respond(200, "next");
  EXPECT_EQ(held.client.read_response().body, "next");
}

}  // namespace
}  // namespace ccnproxy::integration
