#include "ccnproxy/net/not_sent_lowat.h"

#include <array>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/net/socket_options.h"

namespace ccnproxy {
namespace {

constexpr std::uint64_t mib = 1024 * 1024;

TEST(NotSentLowat, is_what_the_path_carries_in_two_milliseconds) {
  EXPECT_EQ(NotSentLowat::for_rate(0), NotSentLowat::least) << "not known";
  EXPECT_EQ(NotSentLowat::for_rate(12'500'000), NotSentLowat::least) << "100 Mbit/s";
  EXPECT_EQ(NotSentLowat::for_rate(125'000'000), 250'000) << "1 Gbit/s";
  EXPECT_EQ(NotSentLowat::for_rate(1'250'000'000), 2'500'000) << "10 Gbit/s";
  EXPECT_EQ(NotSentLowat::for_rate(12'500'000'000), NotSentLowat::most) << "100 Gbit/s";
  EXPECT_EQ(NotSentLowat::for_rate(UINT64_MAX), NotSentLowat::most);
}

/// Two ends of a TCP connection that has carried something.
class NotSentLowatTest : public testing::Test {
 protected:
  void SetUp() override {
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* address = reinterpret_cast<sockaddr*>(&where);
    ASSERT_EQ(::bind(listener.get(), address, size), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    ASSERT_EQ(::getsockname(listener.get(), address, &size), 0);
    fd_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(fd_.get(), address, size), 0);
    peer_ = UniqueFd(::accept(listener.get(), nullptr, nullptr));
    std::array<char, 10'000> bytes{};
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(::send(fd_.get(), bytes.data(), bytes.size(), 0), std::ssize(bytes));
      ASSERT_EQ(::recv(peer_.get(), bytes.data(), bytes.size(), MSG_WAITALL), std::ssize(bytes));
    }
    set_most_unsent(fd_.get(), before);
  }

  int limit() const {
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(fd_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, &size);
    return value;
  }

  /// One for a path so fast that the limit matters.
  static bool is_raised(int limit) { return limit > NotSentLowat::least; }

  static constexpr int before = 77'777;
  int room_ = NotSentLowat::room_of_worker;
  UniqueFd fd_, peer_;
};

TEST_F(NotSentLowatTest, follows_the_path_each_mib) {
  const auto wanted = NotSentLowat::for_rate(delivery_rate(fd_.get()));
  NotSentLowat unsent(room_);
  unsent.on_full(fd_.get(), mib - 1, false);
  EXPECT_EQ(limit(), before) << "too early to say";
  unsent.on_full(fd_.get(), mib, false);
  EXPECT_EQ(limit(), wanted);
  set_most_unsent(fd_.get(), before);
  unsent.on_full(fd_.get(), 2 * mib - 1, false);
  EXPECT_EQ(limit(), before);
  unsent.on_full(fd_.get(), 2 * mib, false);
  EXPECT_EQ(limit(), wanted);
}

TEST_F(NotSentLowatTest, the_kernel_tells_how_fast_the_path_is) {
  EXPECT_GT(delivery_rate(fd_.get()), 0u);
  EXPECT_EQ(delivery_rate(-1), 0u);
}

TEST_F(NotSentLowatTest, takes_no_more_than_the_room_that_is_left) {
  room_ = 1;
  const int wanted = NotSentLowat::for_rate(delivery_rate(fd_.get()));
  {
    NotSentLowat unsent(room_);
    unsent.on_full(fd_.get(), mib, false);
    EXPECT_EQ(limit(), std::min(wanted, NotSentLowat::least + 1));
    EXPECT_EQ(room_, is_raised(wanted) ? 0 : 1);
  }
  EXPECT_EQ(room_, 1) << "given back with the connection";
}

TEST_F(NotSentLowatTest, gives_the_room_back_when_nothing_is_uploaded) {
  NotSentLowat unsent(room_);
  unsent.on_full(fd_.get(), mib, false);
  const int given = limit();
  EXPECT_EQ(room_, NotSentLowat::room_of_worker - (given - NotSentLowat::least));
  unsent.rest(fd_.get());
  EXPECT_EQ(limit(), NotSentLowat::least);
  EXPECT_EQ(room_, NotSentLowat::room_of_worker);
  unsent.on_full(fd_.get(), is_raised(given) ? mib + 1 : 2 * mib, false);
  EXPECT_EQ(limit(), given) << "the next upload need not carry a MiB first";
}

TEST_F(NotSentLowatTest, is_least_where_memory_is_tight) {
  NotSentLowat unsent(room_);
  unsent.on_full(fd_.get(), mib, true);
  EXPECT_EQ(limit(), NotSentLowat::least);
}

}  // namespace
}  // namespace ccnproxy
