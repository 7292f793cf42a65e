#include "daemon/listening_socket.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/net/ip_address.h"

#include "fakes/endpoint.h"
#include "fakes/failure.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::daemon {
namespace {

using testing::HasSubstr;

config::ListenAddress tcp(const std::string& host, std::uint16_t port = 0) {
  return {host, port, ""};
}
config::ListenAddress unix_socket(const std::string& path) { return {"", 0, path}; }

/// The words of the error, or "bound".
std::string outcome(const config::ListenAddress& address) {
  try {
    bind_listener(address, 1);
    return "bound";
  } catch (const StartupError& e) {
    return e.what();
  }
}

TEST(ListeningSocket, what_can_not_be_bound_is_explained) {
  EXPECT_THAT(outcome(tcp("192.0.2.1")), HasSubstr("this machine has no address 192.0.2.1"));
  const auto first = bind_listener(tcp("127.0.0.1"), 1);
  EXPECT_THAT(outcome(tcp("127.0.0.1", first[0].port)), HasSubstr("ss -ltnp"))
      << "this process itself is not named";
}

TEST(ListeningSocket, port_0_is_chosen_once_for_all_workers) {
  const auto sockets = bind_listener(tcp("127.0.0.1"), 4);
  ASSERT_EQ(sockets.size(), 4u);
  EXPECT_NE(sockets[0].port, 0);
  for (const auto& socket : sockets) {
    EXPECT_TRUE(socket.fd);
    EXPECT_EQ(socket.port, sockets[0].port);
    EXPECT_EQ(socket.address, "127.0.0.1:" + std::to_string(socket.port));
    EXPECT_TRUE(::fcntl(socket.fd.get(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(::fcntl(socket.fd.get(), F_GETFD) & FD_CLOEXEC);
  }
}

TEST(ListeningSocket, takes_connections_on_ipv4_and_ipv6) {
  for (const std::string host : {"127.0.0.1", "::1"}) {
    const auto sockets = bind_listener(tcp(host), 2);
    EXPECT_TRUE(fakes::connect_to(sockets[0].address)) << host;
  }
}

TEST(ListeningSocket, an_address_that_another_process_would_share_is_in_use_all_the_same) {
  const auto first = bind_listener(tcp("127.0.0.1"), 2);
  const auto words = outcome(tcp("127.0.0.1", first[0].port));
  EXPECT_THAT(words, HasSubstr("127.0.0.1:" + std::to_string(first[0].port)));
  EXPECT_THAT(words, HasSubstr("in use"));
}

TEST(ListeningSocket, an_address_that_is_no_address_or_not_ours_is_an_error_with_its_name) {
  EXPECT_THAT(outcome(tcp("localhost")), HasSubstr("localhost"));
  EXPECT_THAT(outcome(tcp("192.0.2.1")), HasSubstr("192.0.2.1"));
}

class UnixListeningSocket : public testing::Test {
 protected:
  std::string path(const std::string& name = "x.sock") const { return dir_.path() + "/" + name; }
  static bool is_answered(const std::string& path) {
    try {
      return static_cast<bool>(fakes::connect_to("unix:" + path));
    } catch (const fakes::Failure&) {
      return false;
    }
  }
  fakes::TempDir dir_;
};

TEST_F(UnixListeningSocket, is_shared_by_the_workers) {
  const auto sockets = bind_listener(unix_socket(path()), 3);
  ASSERT_EQ(sockets.size(), 3u);
  for (const auto& socket : sockets) {
    EXPECT_TRUE(socket.fd);
    EXPECT_EQ(socket.port, 0);
    EXPECT_THAT(socket.address, HasSubstr(path()));
  }
  EXPECT_TRUE(is_answered(path()));
}

TEST_F(UnixListeningSocket, F102_replaces_one_that_nobody_answers_on) {
  bind_listener(unix_socket(path()), 1);
  ASSERT_TRUE(std::filesystem::exists(path()));
  ASSERT_FALSE(is_answered(path()));
  const auto again = bind_listener(unix_socket(path()), 1);
  EXPECT_TRUE(is_answered(path()));
}

TEST_F(UnixListeningSocket, F102_leaves_a_living_one_alone) {
  const auto first = bind_listener(unix_socket(path()), 1);
  EXPECT_THAT(outcome(unix_socket(path())), HasSubstr("in use"));
  EXPECT_TRUE(is_answered(path()));
}

TEST_F(UnixListeningSocket, F102_leaves_a_file_alone) {
  std::ofstream(path()) << "precious";
  EXPECT_THAT(outcome(unix_socket(path())), HasSubstr(path()));
  std::ifstream file(path());
  std::string content;
  file >> content;
  EXPECT_EQ(content, "precious");
}

/// The rights of the file, and whose it is.
struct Rights {
  mode_t mode;
  uid_t owner;
  gid_t group;
  bool operator==(const Rights&) const = default;
};
Rights rights_of(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) < 0) ADD_FAILURE() << path;
  return {info.st_mode & 07777, info.st_uid, info.st_gid};
}

TEST_F(UnixListeningSocket, F158_has_the_mode_that_is_configured_whatever_the_umask) {
  for (const mode_t mask : {0, 022, 077, 0777}) {
    const auto before = ::umask(mask);
    for (const auto& [mode, wanted] :
         std::vector<std::pair<std::optional<std::uint32_t>, mode_t>>{{std::nullopt, 0660},
                                                                      {0600, 0600},
                                                                      {0666, 0666},
                                                                      {0777, 0777},
                                                                      {0640, 0640},
                                                                      {0, 0}}) {
      auto address = unix_socket(path());
      address.access.mode = mode;
      const auto sockets = bind_listener(address, 1);
      EXPECT_EQ(rights_of(path()), (Rights{wanted, ::geteuid(), ::getegid()})) << mask;
      ::unlink(path().c_str());
    }
    ::umask(before);
  }
}

TEST_F(UnixListeningSocket, F158_has_the_owner_and_group_that_are_configured) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  auto address = unix_socket(path());
  address.access = {0660, "65534", "65534"};
  const auto sockets = bind_listener(address, 1);
  EXPECT_EQ(rights_of(path()), (Rights{0660, 65534, 65534}));
}

TEST_F(UnixListeningSocket, F158_another_user_is_refused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be another user";
  std::filesystem::permissions(dir_.path(), std::filesystem::perms::all);
  auto address = unix_socket(path());
  const auto connects_as = [&](uid_t user, gid_t group) {
    const auto child = ::fork();
    if (child == 0) {
      const bool changed =
          ::setgroups(0, nullptr) == 0 && ::setgid(group) == 0 && ::setuid(user) == 0;
      ::_exit(!changed ? 2 : is_answered(path()) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  address.access.group = "12345";
  const auto sockets = bind_listener(address, 1);
  EXPECT_EQ(connects_as(65534, 65534), 1);
  EXPECT_EQ(connects_as(65534, 12345), 0) << "its group may";
}

TEST_F(UnixListeningSocket, F158_rights_that_can_not_be_given_are_an_error) {
  auto address = unix_socket(path());
  address.access.group = "nosuchgroup";
  EXPECT_THROW(bind_listener(address, 1), std::runtime_error);
}

TEST_F(UnixListeningSocket, a_path_that_is_too_long_is_an_error) {
  EXPECT_THAT(outcome(unix_socket(path(std::string(200, 'x')))), HasSubstr("too long"));
}

TEST_F(UnixListeningSocket, a_folder_that_is_not_there_is_an_error) {
  EXPECT_THAT(outcome(unix_socket(path("nowhere/x.sock"))), HasSubstr("nowhere"));
}

/// So many sockets, each with its number as its name.
std::vector<ListeningSocket> numbered(std::size_t count) {
  std::vector<ListeningSocket> sockets;
  for (std::size_t i = 0; i < count; ++i) {
    sockets.push_back(std::move(bind_listener(tcp("127.0.0.1"), 1).front()));
    sockets.back().address = std::to_string(i);
  }
  return sockets;
}

std::vector<std::string> names_of(const std::vector<ListeningSocket>& sockets) {
  std::vector<std::string> names;
  for (const auto& socket : sockets) names.push_back(socket.address);
  return names;
}

TEST(ShareOut, one_socket_serves_all_loops) {
  auto sockets = numbered(1);
  const int first = sockets[0].fd.get();
  sockets = share_out(std::move(sockets), 3);
  EXPECT_EQ(names_of(sockets), (std::vector<std::string>{"0", "0", "0"}));
  EXPECT_EQ(sockets[0].fd.get(), first);
  EXPECT_EQ(sockets[2].port, sockets[0].port);
  EXPECT_TRUE(::fcntl(sockets[2].fd.get(), F_GETFD) & FD_CLOEXEC);
  EXPECT_NE(sockets[1].fd.get(), sockets[2].fd.get());
}

TEST(ShareOut, no_loop_and_no_socket_is_left_out) {
  EXPECT_EQ(names_of(share_out(numbered(2), 3)), (std::vector<std::string>{"0", "1", "0"}));
  EXPECT_EQ(names_of(share_out(numbered(3), 2)), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(names_of(share_out(numbered(2), 2)), (std::vector<std::string>{"0", "1"}));
}

}  // namespace
}  // namespace ccnproxy::daemon
