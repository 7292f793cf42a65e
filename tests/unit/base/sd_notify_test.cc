#include "ccnproxy/base/sd_notify.h"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace ccnproxy {
namespace {

/// The manager's end: a datagram socket at `name` (`@` for abstract), which NOTIFY_SOCKET points
/// to.
class Manager {
 public:
  explicit Manager(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    const bool abstract = name.front() == '@';
    if (abstract) address.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + name.size() + (abstract ? 0 : 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(size)), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd_);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// The next message, or "" if there is none: a unix datagram has arrived once it has been sent.
  std::string received() const {
    std::array<char, 256> buffer{};
    const auto size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int fd_;
};

class SdNotify : public testing::Test {
 protected:
  SdNotify() {
    std::string pattern = (std::filesystem::temp_directory_path() / "notifyXXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SdNotify() override { std::filesystem::remove_all(folder_); }

  std::string socket_path() const { return folder_ + "/s"; }
  std::string abstract_name() const { return "@" + folder_; }

 private:
  std::string folder_;
};

TEST_F(SdNotify, does_nothing_when_nobody_asked) {
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(sd_notify("READY=1"));
}

TEST_F(SdNotify, sends_one_datagram_to_a_path) {
  const Manager manager(socket_path());
  EXPECT_TRUE(sd_notify("READY=1\nSTATUS=serving 2 listeners"));
  EXPECT_EQ(manager.received(), "READY=1\nSTATUS=serving 2 listeners");
  EXPECT_EQ(manager.received(), "");
}

TEST_F(SdNotify, sends_to_an_abstract_socket) {
  const Manager manager(abstract_name());
  EXPECT_TRUE(sd_notify("STOPPING=1"));
  EXPECT_EQ(manager.received(), "STOPPING=1");
}

TEST_F(SdNotify, keeps_messages_apart_and_in_order) {
  const Manager manager(socket_path());
  EXPECT_TRUE(sd_notify("RELOADING=1"));
  EXPECT_TRUE(sd_notify("READY=1"));
  EXPECT_EQ(manager.received(), "RELOADING=1");
  EXPECT_EQ(manager.received(), "READY=1");
}

TEST_F(SdNotify, sends_no_empty_message) {
  const Manager manager(socket_path());
  EXPECT_FALSE(sd_notify(""));
  EXPECT_EQ(manager.received(), "");
}

TEST_F(SdNotify, says_so_when_the_manager_is_gone_or_its_name_is_none) {
  for (const std::string& name : {socket_path(), abstract_name(), std::string("relative/path"),
                                  std::string("@"), std::string(), std::string(200, '/')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    EXPECT_FALSE(sd_notify("READY=1")) << name;
  }
  ::unsetenv("NOTIFY_SOCKET");
}

TEST_F(SdNotify, waits_no_longer_than_a_second_for_a_manager_that_does_not_read) {
  const Manager manager(socket_path());
  int sent = 0;
  while (sd_notify("WATCHDOG=1")) ++sent;  // ends only because a full queue is an error
  EXPECT_GT(sent, 0);
}

using std::chrono::microseconds;

TEST(WatchdogTimeout, is_what_the_manager_says_to_this_process) {
  EXPECT_EQ(watchdog_timeout("30000000", "42", 42), microseconds(30'000'000));
  EXPECT_EQ(watchdog_timeout("1", nullptr, 42), microseconds(1));
}

TEST(WatchdogTimeout, is_none_if_nobody_watches_or_another_process_is_meant) {
  EXPECT_EQ(watchdog_timeout(nullptr, "42", 42), std::nullopt);
  EXPECT_EQ(watchdog_timeout("30000000", "43", 42), std::nullopt);
}

TEST(WatchdogTimeout, is_none_if_it_is_no_time) {
  for (const char* text : {"", "0", "-5", "+5", " 5", "5s", "x", "99999999999999999999"})
    EXPECT_EQ(watchdog_timeout(text, nullptr, 42), std::nullopt) << text;
  for (const char* pid : {"", "0", "42 ", "-42"})
    EXPECT_EQ(watchdog_timeout("5", pid, 42), std::nullopt) << pid;
}

TEST(WatchdogTimeout, reads_the_environment) {
  ::setenv("WATCHDOG_USEC", "500", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_timeout(), microseconds(500));
  ::unsetenv("WATCHDOG_PID");
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_EQ(watchdog_timeout(), std::nullopt);
}

}  // namespace
}  // namespace ccnproxy
