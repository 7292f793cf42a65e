// Bytes over TLS, and the ways in which they end.

#include <thread>

#include <sys/socket.h>

#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

using Handshake = TlsTransport::Handshake;
using fakes::OriginConnection;
using fakes::ScriptedOrigin;
using fakes::StreamEnd;
using testing::HasSubstr;

class TlsTransportTest : public TlsFixture {
 protected:
  /// Establishes a connection on both sides.
  void meet() {
    ours_ = establish(origin_);
    theirs_ = origin_.accept();
  }
  std::string read_some(std::size_t size) {
    auto last = IoStatus::ok;
    return read(*ours_, size, last);
  }

  ScriptedOrigin origin_{options()};
  std::unique_ptr<TlsTransport> ours_;
  std::shared_ptr<OriginConnection> theirs_;
};

TEST_F(TlsTransportTest, moves_bytes_both_ways) {
  meet();
  const auto written = ours_->write("hello");
  EXPECT_EQ(written.status, IoStatus::ok);
  EXPECT_EQ(written.bytes, 5u);
  EXPECT_EQ(theirs_->read_exact(5), "hello");
  theirs_->write("world");
  EXPECT_EQ(read_some(5), "world");
}

TEST_F(TlsTransportTest, has_nothing_to_read_until_something_comes) {
  meet();
  char c = 0;
  EXPECT_EQ(ours_->read(&c, 1).status, IoStatus::would_block);
}

TEST_F(TlsTransportTest, tells_that_more_can_be_read_although_the_socket_is_silent) {
  meet();
  theirs_->write("0123456789");
  EXPECT_EQ(read_some(1), "0");
  EXPECT_TRUE(ours_->has_more());
  EXPECT_EQ(read_some(9), "123456789");
  EXPECT_FALSE(ours_->has_more());
}

TEST_F(TlsTransportTest, F062_tells_how_much_it_has_received_and_not_given) {
  meet();
  EXPECT_EQ(ours_->held(), 0u);
  theirs_->write(std::string(100'000, 'x'));
  std::string got = read_some(1);
  EXPECT_GE(ours_->held(), 16'383u) << "the rest of a record, and what came with it";
  EXPECT_LT(ours_->held(), CipherBuffer::size);
  got += read_some(99'999);
  EXPECT_EQ(got.size(), 100'000u);
  EXPECT_FALSE(ours_->has_more());
  EXPECT_EQ(ours_->held(), 0u);
}

TEST_F(TlsTransportTest, a_batch_that_ends_because_there_is_no_more_misses_nothing) {
  std::string body(3 * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 7);
  meet();
  std::thread writer([&] { theirs_->write(body), theirs_->close(); });
  std::string got;
  auto last = IoStatus::ok;
  char into[10'000];
  while (last == IoStatus::ok && await(*ours_, POLLIN)) {
    do {
      const auto r = ours_->read(into, sizeof into);
      if (r.status == IoStatus::would_block) break;
      last = r.status;
      if (last == IoStatus::ok) got.append(into, r.bytes);
    } while (last == IoStatus::ok && ours_->has_more());
  }
  writer.join();
  EXPECT_EQ(last, IoStatus::closed);
  EXPECT_EQ(got, body);
}

TEST_F(TlsTransportTest, connections_that_share_a_buffer_keep_their_bytes_apart) {
  constexpr std::size_t count = 4;
  std::vector<std::unique_ptr<TlsTransport>> ours;
  std::vector<std::shared_ptr<OriginConnection>> theirs;
  std::vector<std::string> expected;
  std::vector<std::string> got(count);
  for (std::size_t i = 0; i < count; ++i) {
    ours.push_back(establish(origin_));
    theirs.push_back(origin_.accept());
    expected.emplace_back(100'000, static_cast<char>('a' + i));
    theirs.back()->write(expected.back());
  }
  for (bool more = true; more;) {  // a little of each in turn: all stop with bytes unread
    more = false;
    for (std::size_t i = 0; i < count; ++i) {
      auto last = IoStatus::ok;
      got[i] += read(*ours[i], std::min<std::size_t>(999, 100'000 - got[i].size()), last);
      more = more || got[i].size() < 100'000;
      ASSERT_EQ(last, IoStatus::ok);
    }
  }
  EXPECT_EQ(got, expected);
}

TEST_F(TlsTransportTest, one_that_ends_with_bytes_unread_leaves_the_others_alone) {
  auto doomed = establish(origin_);
  const auto its_peer = origin_.accept();
  meet();
  its_peer->write(std::string(50'000, 'x'));
  auto last = IoStatus::ok;
  read(*doomed, 10, last);
  doomed.reset();
  theirs_->write("fresh");
  EXPECT_EQ(read_some(5), "fresh");
}

TEST_F(TlsTransportTest, a_write_that_blocks_goes_on_where_it_stopped) {
  const std::string body(16 * 1024 * 1024, 'w');
  meet();
  std::string_view rest = body;
  for (;;) {  // nobody reads: the sockets fill
    const auto r = ours_->write(rest);
    if (r.status == IoStatus::would_block) break;
    ASSERT_EQ(r.status, IoStatus::ok);
    rest.remove_prefix(r.bytes);
    ASSERT_FALSE(rest.empty());
  }
  std::string got;
  std::thread reader([&] { got = theirs_->read_exact(body.size()); });
  while (!rest.empty()) {
    const std::string elsewhere(rest.substr(0, 64 * 1024));  // the same bytes, moved
    const auto r = ours_->write(elsewhere);
    if (r.status == IoStatus::ok) {
      rest.remove_prefix(r.bytes);
    } else if (r.status != IoStatus::would_block || !await(*ours_, POLLOUT)) {
      ADD_FAILURE() << ours_->failure();
      break;
    }
  }
  if (!rest.empty()) ours_->close();
  reader.join();
  EXPECT_EQ(got, body);
}

TEST_F(TlsTransportTest, F042_an_end_with_close_notify_is_in_order) {
  meet();
  theirs_->write("last");
  theirs_->close();
  EXPECT_EQ(read_some(4), "last");
  EXPECT_EQ(read_to_end(*ours_), IoStatus::closed);
}

TEST_F(TlsTransportTest, F042_an_end_without_it_may_be_a_cut) {
  meet();
  theirs_->write("last");
  theirs_->close_without_notify();
  EXPECT_EQ(read_some(4), "last");
  EXPECT_EQ(read_to_end(*ours_), IoStatus::truncated);
}

TEST_F(TlsTransportTest, a_reset_is_a_failure_with_words) {
  meet();
  theirs_->reset();
  EXPECT_EQ(read_to_end(*ours_), IoStatus::failed);
  EXPECT_THAT(ours_->failure(), HasSubstr("reset"));
}

TEST_F(TlsTransportTest, bytes_that_are_no_tls_are_a_failure_with_words) {
  meet();
  const std::string plain = "HTTP/1.1 400 Bad Request\r\n\r\n";
  ASSERT_EQ(::send(theirs_->stream().fd(), plain.data(), plain.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(plain.size()));
  EXPECT_EQ(read_to_end(*ours_), IoStatus::failed);
  EXPECT_NE(ours_->failure(), "");
}

TEST_F(TlsTransportTest, F013_a_session_ticket_on_an_idle_connection_is_no_data_and_no_end) {
  meet();
  theirs_->send_session_ticket();
  ASSERT_TRUE(await(*ours_, POLLIN));
  char c = 0;
  EXPECT_EQ(ours_->read(&c, 1).status, IoStatus::would_block);
  theirs_->write("x");
  EXPECT_EQ(read_some(1), "x");
}

TEST_F(TlsTransportTest, close_says_goodbye) {
  meet();
  ours_->close();
  EXPECT_EQ(ours_->fd(), -1);
  EXPECT_EQ(theirs_->wait_for_end(), StreamEnd::CloseNotify);
  ours_->close();
}

TEST_F(TlsTransportTest, F107_an_origin_that_leaves_during_the_handshake_has_a_name) {
  fakes::OriginOptions plain;
  plain.tls = false;
  ScriptedOrigin rude(plain, [](OriginConnection& c) { c.read_exact(1), c.close(); });
  const auto transport = dial(rude, settings());
  ASSERT_EQ(shake(*transport), Handshake::failed);
  EXPECT_EQ(to_string(transport->handshake_error().type), "connection_terminated");
  EXPECT_NE(transport->handshake_error().detail, "");
}

TEST_F(TlsTransportTest, F107_an_origin_that_speaks_no_tls_has_a_name) {
  fakes::OriginOptions plain;
  plain.tls = false;
  ScriptedOrigin http(plain, [](OriginConnection& c) {
    c.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    c.read_to_end();
  });
  const auto transport = dial(http, settings());
  ASSERT_EQ(shake(*transport), Handshake::failed);
  const auto error = transport->handshake_error();
  EXPECT_EQ(to_string(error.type), "tls_protocol_error");
  EXPECT_EQ(error.phase, Phase::tls);
  EXPECT_EQ(error.proof, Proof::not_sent);
}

TEST_F(TlsTransportTest, F045_waits_for_an_origin_that_says_nothing) {
  auto silent = options();
  silent.answer_handshake = false;
  ScriptedOrigin origin(silent);
  const auto transport = dial(origin, settings());
  EXPECT_EQ(transport->handshake(), Handshake::want_read);
  EXPECT_EQ(transport->handshake(), Handshake::want_read);
  transport->close();
}

}  // namespace
}  // namespace ccnproxy::tls
