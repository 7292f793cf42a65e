#include "ccnproxy/proxy/client_output.h"

#include <deque>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy::proxy {
namespace {

using Outcome = ClientOutput::Outcome;

class ClientOutputTest : public testing::Test {
 protected:
  ClientOutputTest() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) std::abort();
    ours_.reset(fds[0]);
    client_.reset(fds[1]);
  }

  void shrink_socket() {
    const int smallest = 1;
    ::setsockopt(ours_.get(), SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
  }

  /// What the client can read now, at most `most` bytes.
  std::string read(std::size_t most = std::string::npos) {
    std::string got;
    char buffer[4096];
    while (got.size() < most) {
      const auto n = ::recv(client_.get(), buffer, std::min(sizeof buffer, most - got.size()), 0);
      if (n <= 0) break;
      got.append(buffer, static_cast<std::size_t>(n));
    }
    return got;
  }
  std::string read_all() {
    std::string got = read();
    while (flush() == Outcome::held_back) got += read();
    return got + read();
  }
  Outcome flush() { return output_.flush(ours_.get()); }

  UniqueFd ours_;
  UniqueFd client_;
  OutputSteps steps_;
  ClientOutput output_{steps_};
};

TEST_F(ClientOutputTest, has_nothing_to_send_at_first) {
  EXPECT_FALSE(output_.has_step());
  EXPECT_EQ(flush(), Outcome::all_sent);
  EXPECT_EQ(output_.written(), 0u);
  EXPECT_EQ(output_.take_credit(), 0u);
}

TEST_F(ClientOutputTest, sends_head_pieces_of_body_and_end_in_order) {
  const std::string body = "first second";
  output_.front() = "HEAD ";
  output_.add_body(std::string_view(body).substr(0, 6));
  output_.add_body(std::string_view(body).substr(6));
  output_.add_body(" third");
  output_.back() = " END";
  EXPECT_TRUE(output_.has_step());
  EXPECT_EQ(flush(), Outcome::all_sent);
  EXPECT_FALSE(output_.has_step());
  EXPECT_EQ(read(), "HEAD first second third END");
  EXPECT_EQ(output_.written(), 27u);
  EXPECT_EQ(output_.take_credit(), 18u);
  EXPECT_EQ(output_.take_credit(), 0u);
}

TEST_F(ClientOutputTest, the_pieces_of_a_step_are_one_chunk) {
  output_.front() = "HEAD\r\n\r\n";
  output_.set_chunked(true);
  output_.add_body("0123456789");
  output_.add_body("abcdef");
  EXPECT_EQ(flush(), Outcome::all_sent);
  EXPECT_EQ(read(), "HEAD\r\n\r\n10\r\n0123456789abcdef\r\n");
}

TEST_F(ClientOutputTest, each_step_is_a_chunk_and_the_last_follows_the_body) {
  output_.set_chunked(true);
  output_.add_body("one");
  flush();
  output_.add_body("two!");
  output_.back() = "0\r\n\r\n";
  flush();
  EXPECT_EQ(read(), "3\r\none\r\n4\r\ntwo!\r\n0\r\n\r\n");
}

TEST_F(ClientOutputTest, a_step_without_body_is_no_chunk) {
  output_.set_chunked(true);
  output_.front() = "HEAD\r\n\r\n";
  flush();
  output_.add_body("");
  flush();
  output_.back() = "0\r\n\r\n";
  flush();
  EXPECT_EQ(read(), "HEAD\r\n\r\n0\r\n\r\n") << "an empty chunk would end the body";
}

TEST_F(ClientOutputTest, more_pieces_than_one_call_takes_go_out_all_the_same) {
  std::deque<std::string> pieces;
  std::string expected = "HEAD";
  output_.front() = "HEAD";
  for (int i = 0; i < 500; ++i) {
    output_.add_body(pieces.emplace_back(std::to_string(i) + ","));
    expected += pieces.back();
  }
  output_.back() = "END";
  EXPECT_EQ(read_all(), expected + "END");
  EXPECT_EQ(output_.take_credit(), expected.size() - 4);
}

TEST_F(ClientOutputTest, what_the_socket_refuses_is_held_and_sent_later) {
  shrink_socket();
  const std::string body(200'000, 'b');
  output_.front() = "HEAD";
  output_.add_body(body);
  output_.back() = "END";
  EXPECT_EQ(flush(), Outcome::held_back);
  EXPECT_GT(output_.held(), 0u);
  EXPECT_EQ(output_.written() + output_.held(), body.size() + 7);
  EXPECT_EQ(read_all(), "HEAD" + body + "END");
  EXPECT_EQ(output_.held(), 0u);
  EXPECT_EQ(output_.written(), body.size() + 7);
}

TEST_F(ClientOutputTest, a_socket_that_takes_nothing_loses_nothing) {
  shrink_socket();
  const std::string filler(1'000'000, 'f');
  output_.add_body(filler);
  ASSERT_EQ(flush(), Outcome::held_back);
  const auto before = output_.written();
  output_.front() = "more";
  EXPECT_EQ(flush(), Outcome::held_back);
  EXPECT_EQ(output_.written(), before);
  EXPECT_EQ(read_all(), filler + "more");
}

TEST_F(ClientOutputTest, what_is_borrowed_need_not_outlive_the_flush) {
  shrink_socket();
  auto body = std::make_unique<std::string>(100'000, 'b');
  output_.add_body(*body);
  flush();
  std::fill(body->begin(), body->end(), 'x');
  body.reset();
  EXPECT_EQ(read_all(), std::string(100'000, 'b'));
}

TEST_F(ClientOutputTest, F062_credit_is_not_given_for_what_is_still_held) {
  shrink_socket();
  const std::string body(300'000, 'b');
  output_.front() = "HEAD";
  output_.add_body(body);
  ASSERT_EQ(flush(), Outcome::held_back);
  const auto first = output_.take_credit();
  EXPECT_EQ(first, body.size() - output_.held());
  read_all();
  EXPECT_EQ(first + output_.take_credit(), body.size());
}

TEST_F(ClientOutputTest, F062_credit_is_not_given_before_anything_was_sent) {
  output_.add_body("not yet flushed");
  EXPECT_EQ(output_.take_credit(), 0u);
  flush();
  EXPECT_EQ(output_.take_credit(), 15u);
}

TEST_F(ClientOutputTest, F083_a_client_that_is_gone_is_a_failure_and_no_signal) {
  client_.reset();
  output_.front() = "HEAD";
  EXPECT_EQ(flush(), Outcome::failed);
}

TEST_F(ClientOutputTest, F083_a_client_that_leaves_with_bytes_held_is_a_failure_too) {
  shrink_socket();
  const std::string body(300'000, 'b');
  output_.add_body(body);
  ASSERT_EQ(flush(), Outcome::held_back);
  client_.reset();
  EXPECT_EQ(flush(), Outcome::failed);
}

TEST_F(ClientOutputTest, is_as_new_after_clear) {
  shrink_socket();
  const std::string body(300'000, 'b');
  output_.set_chunked(true);
  output_.add_body(body);
  flush();
  output_.front() = "x";
  output_.clear();
  EXPECT_FALSE(output_.has_step());
  EXPECT_EQ(output_.held(), 0u);
  EXPECT_EQ(output_.take_credit(), 0u);
  read();
  output_.add_body("plain");
  flush();
  EXPECT_EQ(read(), "plain");
}

TEST_F(ClientOutputTest, F155_a_dropped_step_leaves_what_was_sent_and_held) {
  shrink_socket();
  const std::string interim =
      "HTTP/1.1 103 Early Hints\r\nX-Pad: " + std::string(300'000, 'a') + "\r\n\r\n";
  output_.front() = interim;
  ASSERT_EQ(flush(), Outcome::held_back);
  output_.front() = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  output_.set_chunked(true);
  output_.add_body("half");
  output_.drop_step();
  EXPECT_FALSE(output_.has_step());
  EXPECT_GT(output_.held(), 0u);
  EXPECT_EQ(output_.take_credit(), 0u);
  output_.front() = "HTTP/1.1 502 Bad Gateway\r\n\r\n";
  output_.add_body("no");  // not as a chunk
  EXPECT_EQ(read_all(), interim + "HTTP/1.1 502 Bad Gateway\r\n\r\nno");
}

TEST_F(ClientOutputTest, F155_a_step_is_dropped_where_nothing_is_held) {
  output_.front() = "HTTP/1.1 200 OK\r\n\r\n";
  output_.add_body("body");
  output_.drop_step();
  EXPECT_EQ(flush(), Outcome::all_sent);
  EXPECT_EQ(read(), "");
  output_.drop_step();  // nothing to drop
  EXPECT_FALSE(output_.has_step());
}

TEST_F(ClientOutputTest, F155_credit_of_a_dropped_step_is_never_given) {
  output_.add_body("sent");
  flush();
  output_.add_body("dropped");
  output_.drop_step();
  EXPECT_EQ(output_.take_credit(), 4u);
}

TEST_F(ClientOutputTest, memory_of_a_step_goes_on_to_the_next_client) {
  output_.front() = std::string(1000, 'a');
  const auto* memory = output_.front().data();
  flush();
  ClientOutput other(steps_);
  EXPECT_TRUE(other.front().empty());
  other.front() = "b";
  EXPECT_EQ(other.front().data(), memory);
  output_.front() = "c";
  EXPECT_NE(output_.front().data(), memory);
  EXPECT_EQ(other.front(), "b") << "each has its own while it has something to say";
}

TEST_F(ClientOutputTest, F062_what_has_grown_unusually_large_is_not_kept) {
  output_.front() = std::string(100'000, 'a');
  flush();
  EXPECT_TRUE(steps_.take()->is_worth_keeping());
  const std::string pieces(20'000, 'p');
  for (std::size_t at = 0; at < pieces.size(); at += 2) output_.add_body({&pieces[at], 1});
  flush();
  EXPECT_TRUE(steps_.take()->is_worth_keeping());
}

/// Steps of every shape, flushed and read at random; a string says what must arrive.
class ClientOutputRandom : public ClientOutputTest,
                           public testing::WithParamInterface<std::uint32_t> {
 protected:
  std::string text(std::size_t most) {
    std::string bytes(random_() % (most + 1), '\0');
    for (auto& c : bytes) c = static_cast<char>('a' + random_() % 26);
    return bytes;
  }

  void add_step() {
    borrowed_.clear();
    const auto head = random_() % 4 == 0 ? text(300) : "";
    std::string body;
    output_.front() += head;
    for (auto n = random_() % 100; n > 0; --n) {
      output_.add_body(borrowed_.emplace_back(text(400)));
      body += borrowed_.back();
    }
    const auto end = random_() % 4 == 0 ? text(50) : "";
    output_.back() += end;
    body_bytes_ += body.size();
    expected_ += head;
    if (chunked_ && !body.empty()) {
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", body.size());
      expected_ += size + body + "\r\n";
    } else {
      expected_ += body;
    }
    expected_ += end;
  }

  std::mt19937 random_{GetParam()};
  bool chunked_ = GetParam() % 2 == 0;
  std::deque<std::string> borrowed_;
  std::string expected_;
  std::string got_;
  std::size_t body_bytes_ = 0;
  std::size_t credit_ = 0;
};

TEST_P(ClientOutputRandom, F062_all_arrives_in_order_and_every_body_byte_is_credited_once) {
  shrink_socket();
  output_.set_chunked(chunked_);
  for (int i = 0; i < 300; ++i) {
    if (random_() % 3 > 0) add_step();
    ASSERT_NE(flush(), Outcome::failed);
    credit_ += output_.take_credit();
    ASSERT_LE(credit_, body_bytes_);
    ASSERT_GE(credit_ + output_.held(), body_bytes_);
    if (random_() % 2) got_ += read(random_() % 20'000);
    ASSERT_EQ(output_.written() + output_.held(), expected_.size());
  }
  got_ += read_all();
  EXPECT_EQ(got_, expected_);
  credit_ += output_.take_credit();
  EXPECT_EQ(credit_, body_bytes_);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClientOutputRandom, testing::Range(1u, 9u));

}  // namespace
}  // namespace ccnproxy::proxy
