#include "ccnproxy/base/sd_notify.h"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace ccnproxy {
namespace {

struct UnixAddress {
  sockaddr_un address{};
  socklen_t size = 0;
};

/// `/path`, or `@name` for a name in the abstract space, which starts with a NUL and has no final
/// one.
std::optional<UnixAddress> unix_address(std::string_view name) {
  UnixAddress result;
  if (name.size() < 2 || name.size() >= sizeof(result.address.sun_path)) return std::nullopt;
  if (name.front() != '/' && name.front() != '@') return std::nullopt;
  result.address.sun_family = AF_UNIX;
  std::memcpy(result.address.sun_path, name.data(), name.size());
  std::size_t size = offsetof(sockaddr_un, sun_path) + name.size();
  if (name.front() == '@') {
    result.address.sun_path[0] = '\0';
  } else {
    ++size;
  }
  result.size = static_cast<socklen_t>(size);
  return result;
}

bool send_whole(int fd, const UnixAddress& to, std::string_view state) {
  const auto* address = reinterpret_cast<const sockaddr*>(&to.address);
  for (;;) {
    const ssize_t sent = ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, address, to.size);
    if (sent >= 0) return static_cast<std::size_t>(sent) == state.size();
    if (errno != EINTR) return false;
  }
}

/// A whole number above 0 and nothing else.
template <class Number>
std::optional<Number> positive(const char* text) noexcept {
  Number number{};
  const char* end = text + std::strlen(text);
  const auto [stopped, fault] = std::from_chars(text, end, number);
  if (fault != std::errc() || stopped != end || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

bool sd_notify(std::string_view state) noexcept {
  const char* name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr || state.empty()) return false;
  const auto to = unix_address(name);
  if (!to) return false;
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  // A manager that hangs must not hang our drain with it.
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const bool sent = send_whole(fd, *to, state);
  ::close(fd);
  return sent;
}

std::optional<std::chrono::microseconds> watchdog_timeout(const char* usec, const char* pid,
                                                          pid_t self) noexcept {
  if (usec == nullptr) return std::nullopt;
  if (pid != nullptr && positive<pid_t>(pid) != self) return std::nullopt;
  const auto number = positive<std::chrono::microseconds::rep>(usec);
  if (!number) return std::nullopt;
  return std::chrono::microseconds(*number);
}

std::optional<std::chrono::microseconds> watchdog_timeout() noexcept {
  return watchdog_timeout(std::getenv("WATCHDOG_USEC"), std::getenv("WATCHDOG_PID"), ::getpid());
}

}  // namespace ccnproxy
