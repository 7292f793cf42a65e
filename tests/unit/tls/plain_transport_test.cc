#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "ccnproxy/tls/transport.h"

namespace ccnproxy::tls {
namespace {

class PlainTransportTest : public testing::Test {
 protected:
  PlainTransportTest() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) std::abort();
    ours_ = std::make_unique<PlainTransport>(UniqueFd(fds[0]));
    theirs_.reset(fds[1]);
  }
  std::unique_ptr<PlainTransport> ours_;
  UniqueFd theirs_;
  char buffer_[100];
};

TEST_F(PlainTransportTest, moves_bytes_both_ways) {
  EXPECT_EQ(ours_->write("hello").bytes, 5u);
  EXPECT_EQ(::recv(theirs_.get(), buffer_, sizeof buffer_, 0), 5);
  EXPECT_EQ(std::string_view(buffer_, 5), "hello");
  EXPECT_EQ(ours_->read(buffer_, sizeof buffer_).status, IoStatus::would_block);
  ASSERT_EQ(::send(theirs_.get(), "world", 5, 0), 5);
  const auto r = ours_->read(buffer_, sizeof buffer_);
  EXPECT_EQ(r.status, IoStatus::ok);
  EXPECT_EQ(std::string_view(buffer_, r.bytes), "world");
  EXPECT_FALSE(ours_->has_more());
}

TEST_F(PlainTransportTest, takes_a_prefix_when_the_socket_is_full) {
  const std::string large(8 * 1024 * 1024, 'x');
  const auto r = ours_->write(large);
  EXPECT_EQ(r.status, IoStatus::ok);
  EXPECT_LT(r.bytes, large.size());
  EXPECT_EQ(ours_->write(large).status, IoStatus::would_block);
}

TEST_F(PlainTransportTest, an_end_is_in_order) {
  theirs_.reset();
  EXPECT_EQ(ours_->read(buffer_, sizeof buffer_).status, IoStatus::closed);
}

TEST_F(PlainTransportTest, F083_writing_to_nobody_is_a_failure_with_words_and_no_signal) {
  theirs_.reset();
  EXPECT_EQ(ours_->write("hello").status, IoStatus::failed);
  EXPECT_EQ(ours_->failure(), "Broken pipe");
}

TEST_F(PlainTransportTest, a_reset_is_a_failure_with_words) {
  ours_->write("never read");
  theirs_.reset();
  EXPECT_EQ(ours_->read(buffer_, sizeof buffer_).status, IoStatus::failed);
  EXPECT_EQ(ours_->failure(), "Connection reset by peer");
}

TEST_F(PlainTransportTest, close_closes) {
  ours_->close();
  EXPECT_EQ(ours_->fd(), -1);
  EXPECT_EQ(::recv(theirs_.get(), buffer_, sizeof buffer_, 0), 0);
}

}  // namespace
}  // namespace ccnproxy::tls
