#include "ccnproxy/observe/line_file.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "ccnproxy/base/new_file.h"

namespace ccnproxy::observe {
namespace {

int checked(int fd, const std::string& name) {
  if (fd < 0) throw std::system_error(errno, std::system_category(), "log to " + name);
  return fd;
}

/// Another process that shares our stdout may have made it non-blocking for us as well.
void wait_until_writable(int fd) noexcept {
  pollfd wanted{.fd = fd, .events = POLLOUT, .revents = 0};
  ::poll(&wanted, 1, -1);
}

}  // namespace

LineFile LineFile::open(const std::string& path) {
  constexpr mode_t mode = 0640;  // addresses and paths are not for all users
  auto fd = open_to_append(path, mode);
  if (!fd && errno == ELOOP) {
    throw std::system_error(ELOOP, std::system_category(),
                            "log to " + path +
                                ": a symbolic link, in a folder that other users may write to, is "
                                "not followed");
  }
  return LineFile(checked(fd.release(), path));
}

LineFile LineFile::duplicate(int fd, const std::string& name) {
  return LineFile(checked(::fcntl(fd, F_DUPFD_CLOEXEC, 3), name));
}

LineFile::LineFile(LineFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), torn_(std::move(other.torn_)) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(torn_, other.torn_);
  return *this;
}

LineFile::~LineFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::size_t LineFile::write_bytes(std::string_view bytes) const noexcept {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      wait_until_writable(fd_);
    } else if (errno != EINTR) {
      break;
    }
  }
  return done;
}

bool LineFile::finish_torn_line() {
  torn_.erase(0, write_bytes(torn_));
  return torn_.empty();
}

std::size_t LineFile::write(std::string_view lines) {
  if (finish_torn_line()) {
    const std::size_t done = write_bytes(lines);
    const bool torn = done > 0 && lines[done - 1] != '\n';
    lines.remove_prefix(done);
    if (torn) {
      torn_ = lines.substr(0, lines.find('\n') + 1);
      lines.remove_prefix(torn_.size());
    }
  }
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
}

}  // namespace ccnproxy::observe
