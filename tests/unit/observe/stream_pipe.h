#pragma once

#include <array>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace ccnproxy::observe {

/// A pipe whose writing end can stand in for stdout or stderr while something is made that keeps a
/// descriptor of its own for it. The test holds the reading end, and need not read.
class StreamPipe {
 public:
  StreamPipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::system_category());
    reader_ = ends[0];
    writer_ = ends[1];
  }
  ~StreamPipe() {
    close_reader();
    close_writer();
  }
  StreamPipe(const StreamPipe&) = delete;
  StreamPipe& operator=(const StreamPipe&) = delete;

  /// What `make` returns, made while descriptor `stream` is this pipe. Afterwards only what was
  /// made holds the writing end, so that read_to_end() ends when that is gone.
  template <class Make>
  auto standing_in_for(int stream, Make&& make) {
    const int saved = ::fcntl(stream, F_DUPFD_CLOEXEC, 3);
    ::dup2(writer_, stream);
    auto made = std::forward<Make>(make)();
    ::dup2(saved, stream);
    ::close(saved);
    close_writer();
    return made;
  }

  /// Makes the writing end non-blocking, as another program that shares a stdout can.
  void make_nonblocking() { ::fcntl(writer_, F_SETFL, O_WRONLY | O_NONBLOCK); }

  void close_reader() { close(reader_); }

  /// All that is and will be written, until nobody holds the writing end.
  std::string read_to_end() {
    std::string all;
    std::array<char, 65536> buffer{};
    for (ssize_t n = 0; (n = ::read(reader_, buffer.data(), buffer.size())) > 0;) {
      all.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  void close_writer() { close(writer_); }
  static void close(int& fd) {
    if (fd >= 0) ::close(std::exchange(fd, -1));
  }

  int reader_ = -1;
  int writer_ = -1;
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

/// Waits for what another thread does. False if it did not happen within a time that is long past
/// any that a slow machine needs.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace ccnproxy::observe
