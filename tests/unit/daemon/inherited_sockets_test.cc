#include "daemon/inherited_sockets.h"

#include <stdexcept>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "fakes/endpoint.h"
#include "fakes/failure.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Inherited = std::vector<InheritedDescriptor>;

TEST(SystemdDescriptors, begin_at_3_and_have_names) {
  EXPECT_EQ(systemd_descriptors("2", "42", "web.socket:admin", 42),
            (Inherited{{3, "web.socket"}, {4, "admin"}}));
  EXPECT_EQ(systemd_descriptors("0", "42", nullptr, 42), Inherited{});
}

TEST(SystemdDescriptors, too_few_names_are_no_reason_to_refuse) {
  EXPECT_EQ(systemd_descriptors("2", "42", nullptr, 42),
            (Inherited{{3, "LISTEN_FDS"}, {4, "LISTEN_FDS"}}));
  EXPECT_EQ(systemd_descriptors("2", "42", "a", 42), (Inherited{{3, "a"}, {4, "LISTEN_FDS"}}));
}

TEST(SystemdDescriptors, are_none_unless_this_process_is_meant) {
  EXPECT_EQ(systemd_descriptors("2", "41", "a:b", 42), Inherited{});
  EXPECT_EQ(systemd_descriptors("2", nullptr, "a:b", 42), Inherited{});
  EXPECT_EQ(systemd_descriptors(nullptr, "42", "a:b", 42), Inherited{});
  EXPECT_EQ(systemd_descriptors("2", "x", "a:b", 42), Inherited{});
}

TEST(SystemdDescriptors, a_number_that_is_none_is_refused) {
  for (const char* fds : {"", "x", "-1", "1 ", "2000", "99999999999"})
    EXPECT_THROW(systemd_descriptors(fds, "42", nullptr, 42), std::runtime_error) << fds;
}

TEST(StarterDescriptors, follow_the_last_equals_sign) {
  const std::string from = "Server::Starter";
  EXPECT_EQ(starter_descriptors("3000=3"), (Inherited{{3, from}}));
  EXPECT_EQ(starter_descriptors("127.0.0.1:80=3;[::1]:80=4;/run/a=b.sock=5"),
            (Inherited{{3, from}, {4, from}, {5, from}}));
  EXPECT_EQ(starter_descriptors(nullptr), Inherited{});
  EXPECT_EQ(starter_descriptors(""), Inherited{});
}

TEST(StarterDescriptors, what_is_no_such_list_is_refused) {
  for (const char* ports : {"80", "80=", "80=x", "80=3;;81=4", "80=-1"})
    EXPECT_THROW(starter_descriptors(ports), std::runtime_error) << ports;
}

config::ListenAddress tcp(const std::string& host, std::uint16_t port) { return {host, port, ""}; }

/// A listening socket as another process would have made it: blocking, and not to be closed on
/// exec.
int foreign(const config::ListenAddress& address, std::uint16_t* port = nullptr) {
  auto socket = std::move(bind_listener(address, 1).front());
  if (port != nullptr) *port = socket.port;
  const int fd = socket.fd.release();
  ::fcntl(fd, F_SETFL, 0);
  ::fcntl(fd, F_SETFD, 0);
  const int off = 0;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &off, sizeof off);
  return fd;
}

TEST(InheritedSockets, F099_serve_the_listener_that_has_their_address) {
  std::uint16_t first = 0;
  std::uint16_t second = 0;
  InheritedSockets sockets(
      {{foreign(tcp("127.0.0.1", 0), &first), "a"}, {foreign(tcp("127.0.0.1", 0), &second), "b"}});
  const auto taken = sockets.take(tcp("127.0.0.1", second));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].port, second);
  EXPECT_EQ(taken[0].address, "127.0.0.1:" + std::to_string(second));
  EXPECT_TRUE(fakes::connect_to(taken[0].address));
  EXPECT_THAT(sockets.left(), ElementsAre("127.0.0.1:" + std::to_string(first) + " (a)"));
  EXPECT_TRUE(sockets.take(tcp("127.0.0.1", second)).empty()) << "it is taken already";
}

TEST(InheritedSockets, another_address_or_port_is_another_listener) {
  std::uint16_t port = 0;
  InheritedSockets sockets({{foreign(tcp("127.0.0.1", 0), &port), "a"}});
  EXPECT_TRUE(sockets.take(tcp("0.0.0.0", port)).empty());
  EXPECT_TRUE(sockets.take(tcp("127.0.0.2", port)).empty());
  EXPECT_TRUE(sockets.take(tcp("::1", port)).empty());
  EXPECT_TRUE(sockets.take(tcp("127.0.0.1", 0)).empty());
  EXPECT_TRUE(sockets.take({"", 0, "/127.0.0.1"}).empty());
  EXPECT_EQ(sockets.take(tcp("127.0.0.1", port)).size(), 1U);
}

TEST(InheritedSockets, an_ipv6_address_is_the_same_in_every_spelling) {
  std::uint16_t port = 0;
  InheritedSockets sockets({{foreign(tcp("::1", 0), &port), "a"}});
  const auto taken = sockets.take(tcp("0:0:0:0:0:0:0:1", port));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].address, "[::1]:" + std::to_string(port));
}

TEST(InheritedSockets, all_that_share_an_address_go_together) {
  auto shared = bind_listener(tcp("127.0.0.1", 0), 3);
  const auto port = shared[0].port;
  Inherited inherited;
  for (auto& socket : shared) inherited.push_back({socket.fd.release(), "old"});
  InheritedSockets sockets(inherited);
  EXPECT_EQ(sockets.take(tcp("127.0.0.1", port)).size(), 3U);
  EXPECT_TRUE(sockets.left().empty());
}

TEST(InheritedSockets, those_that_nobody_took_can_be_let_go) {
  auto shared = bind_listener(tcp("127.0.0.1", 0), 2);
  const auto address = shared[0].address;
  Inherited inherited;
  for (auto& socket : shared) inherited.push_back({socket.fd.release(), "old"});
  std::uint16_t port = 0;
  inherited.push_back({foreign(tcp("127.0.0.1", 0), &port), "old"});
  InheritedSockets sockets(inherited);
  const auto taken = sockets.take(tcp("127.0.0.1", port));
  EXPECT_THAT(sockets.close_left(), ElementsAre(address)) << "which two sockets share";
  EXPECT_THROW(fakes::connect_to(address), fakes::Failure);
  EXPECT_TRUE(fakes::connect_to(taken.at(0).address));
  EXPECT_TRUE(sockets.left().empty());
}

TEST(InheritedSockets, a_unix_socket_is_known_by_its_path) {
  const fakes::TempDir folder;
  const config::ListenAddress address{"", 0, folder.path() + "/x.sock"};
  InheritedSockets sockets({{foreign(address), "a"}});
  EXPECT_TRUE(sockets.take({"", 0, folder.path() + "/x.soc"}).empty());
  const auto taken = sockets.take(address);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].port, 0);
  EXPECT_EQ(taken[0].address, "unix:" + address.unix_path);
}

TEST(InheritedSockets, one_that_both_name_is_one) {
  std::uint16_t port = 0;
  const int fd = foreign(tcp("127.0.0.1", 0), &port);
  InheritedSockets sockets({{fd, "a"}, {fd, "b"}});
  EXPECT_EQ(sockets.take(tcp("127.0.0.1", port)).size(), 1U);
  EXPECT_TRUE(sockets.left().empty());
}

TEST(InheritedSockets, become_as_our_own_are) {
  std::uint16_t port = 0;
  InheritedSockets sockets({{foreign(tcp("127.0.0.1", 0), &port), "a"}});
  const auto taken = sockets.take(tcp("127.0.0.1", port));
  ASSERT_EQ(taken.size(), 1U);
  const int fd = taken[0].fd.get();
  EXPECT_TRUE(::fcntl(fd, F_GETFL) & O_NONBLOCK);
  EXPECT_TRUE(::fcntl(fd, F_GETFD) & FD_CLOEXEC);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
  EXPECT_NE(no_delay, 0);
}

/// The words with which a descriptor is refused.
std::string refusal(int fd) {
  try {
    InheritedSockets({{fd, "odd.socket"}});
    return "taken";
  } catch (const std::runtime_error& e) {
    return e.what();
  }
}

TEST(InheritedSockets, what_is_no_listening_stream_socket_is_refused_by_name) {
  const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const UniqueFd idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const UniqueFd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  for (const int fd : {file.get(), idle.get(), datagrams.get(), 1000000})
    EXPECT_THAT(refusal(fd), HasSubstr("of odd.socket is no listening")) << fd;
}

TEST(InheritedSockets, are_taken_out_of_the_environment) {
  const auto unknown = std::to_string(::getpid() + 1);
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_PID", unknown.c_str(), 1);
  ::setenv("LISTEN_FDNAMES", "a", 1);
  std::uint16_t port = 0;
  const int fd = foreign(tcp("127.0.0.1", 0), &port);
  ::setenv("SERVER_STARTER_PORT", ("127.0.0.1=" + std::to_string(fd)).c_str(), 1);
  auto sockets = InheritedSockets::from_environment();
  EXPECT_EQ(sockets.take(tcp("127.0.0.1", port)).size(), 1U);
  EXPECT_TRUE(sockets.left().empty());
  for (const auto* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "SERVER_STARTER_PORT"})
    EXPECT_EQ(::getenv(name), nullptr) << name;
}

}  // namespace
}  // namespace ccnproxy::daemon
