#pragma once

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>

#include <sys/socket.h>

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy::origin {

/// Two connected sockets: a connection under test, and the origin that the test plays.
struct SocketPair {
  SocketPair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) std::abort();
    ours.reset(fds[0]);
    theirs.reset(fds[1]);
  }
  UniqueFd ours;
  UniqueFd theirs;
};

/// Turns the loop until `done`, or long enough for a loaded machine under a sanitizer.
inline bool turn_until(EventLoop& loop, const std::function<bool()>& done) {
  const auto deadline = EventLoop::read_clock() + std::chrono::seconds(30);
  while (!done() && EventLoop::read_clock() < deadline) {
    loop.run_once(std::chrono::milliseconds(100));
  }
  return done();
}

/// The far end of a connection, on the same event loop as the connection under test.
class SocketPeer : private IoHandler {
 public:
  SocketPeer(EventLoop& loop, UniqueFd fd) : loop_(loop), fd_(std::move(fd)) {
    loop_.watch(fd_.get(), watched_, *this);
  }
  virtual ~SocketPeer() = default;
  SocketPeer(const SocketPeer&) = delete;
  SocketPeer& operator=(const SocketPeer&) = delete;

  /// All that has come, if a subclass does not take it.
  const std::string& received() const { return received_; }
  void forget_received() { received_.clear(); }
  /// Whether the other side has ended, in whatever way.
  bool ended() const { return ended_; }

  /// Goes out as fast as the socket takes it.
  void send(std::string_view bytes) {
    output_ += bytes;
    write();
  }
  bool all_sent() const { return output_.empty(); }
  void stop_reading() {
    reading_ = false;
    update_watch();
  }
  void start_reading() {
    reading_ = true;
    update_watch();
  }
  /// No more from this side; what was sent stays readable.
  void finish() { ::shutdown(fd_.get(), SHUT_WR); }
  /// Both directions at once. The other side sees a reset where there was input unread.
  void close() { fd_.reset(); }

 protected:
  virtual void on_bytes(std::string_view bytes) { received_ += bytes; }
  /// Called when everything has been sent, to add more.
  virtual void on_sent() {}
  bool is_open() const { return static_cast<bool>(fd_); }

 private:
  void on_io(std::uint32_t events) override {
    if (!fd_) return;
    if (events & EPOLLOUT) write();
    if (fd_ && reading_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read();
  }
  void read() {
    char buffer[64 * 1024];
    const auto n = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    if (n > 0) return on_bytes({buffer, static_cast<std::size_t>(n)});
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    ended_ = true;
    loop_.unwatch(fd_.get());
  }
  void write() {
    while (fd_ && !output_.empty()) {
      const auto n = ::send(fd_.get(), output_.data(), output_.size(), MSG_NOSIGNAL);
      if (n < 0) {
        if (errno != EAGAIN) output_.clear();
        break;
      }
      output_.erase(0, static_cast<std::size_t>(n));
      if (output_.empty()) on_sent();
    }
    update_watch();
  }
  void update_watch() {
    if (!fd_ || ended_) return;
    const std::uint32_t wanted = (reading_ ? EPOLLIN : 0u) | (output_.empty() ? 0u : EPOLLOUT);
    if (wanted == watched_) return;
    watched_ = wanted;
    loop_.rewatch(fd_.get(), wanted, *this);
  }

  EventLoop& loop_;
  UniqueFd fd_;
  std::uint32_t watched_ = EPOLLIN;
  std::string received_;
  std::string output_;
  bool reading_ = true;
  bool ended_ = false;
};

}  // namespace ccnproxy::origin
