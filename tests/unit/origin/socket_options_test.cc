#include "ccnproxy/net/socket_options.h"

#include <set>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "ccnproxy/net/not_sent_lowat.h"

#include "unit/origin/happy_eyeballs_fixture.h"

namespace ccnproxy::origin {
namespace {

int option(const UniqueFd& fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(fd.get(), level, name, &value, &size);
  return value;
}

TEST_F(HappyEyeballsTest, the_winner_has_the_options_of_an_origin_connection) {
  const Listener listener;
  run({listener.where()});
  ASSERT_TRUE(result_->has_value());
  const auto& fd = (*result_)->fd;
  EXPECT_NE(::fcntl(fd.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT), NotSentLowat::least);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 20'000);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_GE(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 10);
  EXPECT_LE(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 15);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
}

TEST_F(HappyEyeballsTest, F007_connections_made_together_are_not_kept_alive_in_the_same_moments) {
  const Listener listener;
  std::vector<UniqueFd> sockets;
  std::set<int> idle;
  for (int i = 0; i < 6; ++i) {
    sockets.push_back(open_origin_socket(listener.where()));
    idle.insert(option(sockets.back(), IPPROTO_TCP, TCP_KEEPIDLE));
  }
  EXPECT_GE(idle.size(), 4u) << "of six whose numbers follow each other, but for gaps";
}

}  // namespace
}  // namespace ccnproxy::origin
