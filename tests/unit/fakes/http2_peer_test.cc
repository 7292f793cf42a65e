// The manual of Http2Peer: both ends of a connection are peers here, so each test shows how a
// server and a client are scripted.
#include "fakes/http2_peer.h"

#include <array>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace ccnproxy::fakes {
namespace {

using ::testing::HasSubstr;
using Pairs = std::vector<std::pair<std::string, std::string>>;

class Http2PeerTest : public ::testing::Test {
 protected:
  Http2PeerTest() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw Failure("no socket pair");
    server_stream = std::make_unique<Stream>(Descriptor(ends[0]));
    client_stream = std::make_unique<Stream>(Descriptor(ends[1]));
    server = std::make_unique<Http2Peer>(*server_stream, Http2Peer::Role::Server);
    client = std::make_unique<Http2Peer>(*client_stream, Http2Peer::Role::Client);
  }
  /// The client speaks first, so that one thread can greet on both ends.
  void greet(const h2::SettingsMap& server_settings = {},
             const h2::SettingsMap& client_settings = {}) {
    client->preface();
    client->write_settings(client_settings);
    server->greet(server_settings);
    client->want_settings();
    client->want_settings_ack();
    server->want_settings_ack();
  }

  std::unique_ptr<Stream> server_stream, client_stream;
  std::unique_ptr<Http2Peer> server, client;
};

TEST_F(Http2PeerTest, a_request_and_its_response_step_by_step) {
  client->preface();
  client->write_settings({{h2::EnablePush, 0}});
  EXPECT_EQ(server->greet({{h2::MaxConcurrentStreams, 7}}).at(h2::EnablePush), 0U);
  EXPECT_EQ(client->want_settings().settings().at(h2::MaxConcurrentStreams), 7U);
  client->write_get(1, "/a");
  const h2::Frame head = server->want_headers();
  EXPECT_EQ(head.stream, 1U);
  EXPECT_TRUE(head.end_stream());
  EXPECT_EQ(head.fields.get(":path"), "/a");
  server->write_headers(1, {{":status", "200"}, {"x", "y"}});
  server->write_data(1, "hello");
  server->write_headers(1, {{"x-sum", "1"}}, h2::EndStream);
  EXPECT_EQ(client->want_headers(1).fields.get("x"), "y");
  Fields trailers;
  EXPECT_EQ(client->want_body(1, &trailers), "hello");
  EXPECT_EQ(trailers.get("x-sum"), "1");
}

TEST_F(Http2PeerTest, the_compression_state_lives_as_long_as_the_connection) {
  greet();
  for (std::uint32_t id = 1; id < 100; id += 2) {
    client->write_headers(id, {{":method", "GET"}, {"cookie", "long enough to be indexed"}},
                          h2::EndStream);
    const h2::Frame head = server->want_headers(id);
    EXPECT_EQ(head.fields.get("cookie"), "long enough to be indexed");
    if (id > 1) {
      EXPECT_LT(head.payload.size(), 10U);  // from the table
    }
  }
}

TEST_F(Http2PeerTest, headers_are_split_into_continuations_and_joined_again) {
  greet();
  const Fields fields{{":method", "GET"}, {"big", std::string(40'000, 'x')}, {"last", "1"}};
  client->write_headers(1, fields, h2::EndStream, 100);
  EXPECT_EQ(server->want_headers(1).fields, fields);
  client->write_headers(3, fields);  // over the frame size limit: split anyway
  EXPECT_EQ(server->want_headers(3).fields, fields);
}

TEST_F(Http2PeerTest, frames_that_came_first_wait_for_their_own_call) {
  greet();
  client->write_get(1);
  client->write_get(3);
  client->write_rst(1, h2::Cancel);
  client->write_goaway(0, h2::NoError, "bye");
  EXPECT_EQ(server->want_goaway().debug_data(), "bye");
  EXPECT_EQ(server->want_headers(3).stream, 3U);
  EXPECT_EQ(server->want_rst(1).error_code(), h2::Cancel);
  EXPECT_EQ(server->want_headers().stream, 1U);
  EXPECT_TRUE(server->seen().empty());
}

TEST_F(Http2PeerTest, waiting_on_a_stream_that_is_reset_fails_at_once) {
  greet();
  client->write_rst(1, h2::InternalError);
  try {
    server->want_data(1, Deadline::never());
    FAIL() << "no DATA was sent";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("RST_STREAM stream 1"));
  }
}

TEST_F(Http2PeerTest, a_deadline_lists_the_frames_that_came) {
  greet();
  client->write_get(5);
  try {
    server->want_ping(Patience(20));
    FAIL() << "no PING was sent";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("HEADERS stream 5"));
  }
}

TEST_F(Http2PeerTest, a_ping_there_and_back_shows_that_a_frame_was_not_sent) {
  greet();
  client->write_get(1);
  std::thread answering([this] { client->want_ping(); });
  server->sync();
  answering.join();
  EXPECT_EQ(server->count_seen(h2::Headers), 1U);
  EXPECT_EQ(server->count_seen(h2::RstStream), 0U);
}

TEST_F(Http2PeerTest, a_body_waits_for_the_windows) {
  greet();
  client->write_get(1);
  server->want_headers(1);
  server->write_headers(1, {{":status", "200"}});
  const std::string body = pattern(0, 1'000'000);
  std::thread sending([&] { server->write_body(1, body); });
  client->want_headers(1);
  EXPECT_EQ(client->want_body(1), body);  // gives the windows back as it reads
  sending.join();
}

TEST_F(Http2PeerTest, windows_stay_shut_when_the_reader_keeps_them) {
  greet({}, {{h2::InitialWindowSize, 10}});
  client->manners.return_windows = false;
  client->write_get(1);
  server->want_headers(1);
  EXPECT_EQ(server->codec().room(1), 10);
  EXPECT_THROW(server->write_body(1, std::string(11, 'x'), h2::EndStream, Patience(20)), Failure);
  EXPECT_EQ(client->want_data(1).content(), std::string(10, 'x'));
  client->write_window_update(1, 5);
  server->write_body(1, "y");
  EXPECT_EQ(client->want_body(1), "y");
  client->write_settings({{h2::InitialWindowSize, 0}});
  server->want_settings();
  EXPECT_EQ(server->codec().room(1), -6);  // ten fewer than the four that were left
}

TEST_F(Http2PeerTest, manners_can_be_put_off) {
  server->manners.ack_settings = server->manners.ack_pings = false;
  client->preface();
  client->write_settings({});
  server->greet();
  client->want_settings();
  client->write_ping("12345678");
  EXPECT_EQ(server->want_ping().payload, "12345678");
  server->write_raw_frame(99, 0, 0, "end");
  const h2::Frame ack_missing = client->read_frame();
  EXPECT_EQ(ack_missing.type, 99);
  server->write_settings_ack();
  server->write_ping_ack("12345678");
  client->want_settings_ack();
  client->want_ping_ack();
}

TEST_F(Http2PeerTest, padding_and_priority_are_not_content) {
  greet();
  client->write_raw_frame(h2::Data, h2::Padded, 1, std::string("\2abc\0\0", 6));
  EXPECT_EQ(server->want_data(1).content(), "abc");
  client->write_raw_frame(h2::Data, h2::Padded, 1, "\7abc");
  EXPECT_THROW(server->want_data(1).content(), Failure);
  client->write_raw_frame(h2::Headers, h2::HasPriority | h2::EndHeaders, 3,
                          std::string("\0\0\0\0\1\x82", 6));
  EXPECT_EQ(server->want_headers(3).fields.get(":method"), "GET");
}

TEST_F(Http2PeerTest, what_is_no_http2_fails) {
  client->write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THROW(server->greet(), Failure);
}

TEST_F(Http2PeerTest, frames_in_the_middle_of_a_header_block_fail) {
  greet();
  client->write_raw_frame(h2::Headers, h2::NoFlags, 1, "\x82");
  client->write_ping("x");
  EXPECT_THROW(server->want_headers(), Failure);
}

TEST_F(Http2PeerTest, F036_the_last_stream_of_a_goaway_can_be_checked) {
  greet();
  client->write_goaway(0);
  client->stream().close();
  EXPECT_EQ(server->want_end(), StreamEnd::Fin);
  EXPECT_EQ(server->want_goaway().last_stream(), 0U);
  EXPECT_THROW(server->want_ping(), PeerGone);
}

}  // namespace
}  // namespace ccnproxy::fakes
