// delay_relay: a TCP relay on loopback that passes everything on a fixed time later. What stands in
// for the WAN emulator where namespaces can't be made. Less true than it: the kernel accepts at
// once, so that connecting costs no round trip, and there is no loss and no congestion window to
// feel.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "delayed_pipe.h"
#include "file_descriptor.h"

namespace ccnproxy::wan {
namespace {

using std::chrono::steady_clock;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

FileDescriptor open_socket() {
  FileDescriptor file(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const int on = 1;
  ::setsockopt(file.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return file;
}

/// A client's connection, the one to the target, and the two directions between them.
struct Link {
  Link(FileDescriptor client_socket, FileDescriptor target_socket, std::chrono::nanoseconds delay)
      : client(std::move(client_socket)),
        target(std::move(target_socket)),
        up(client.get(), target.get(), delay),
        down(target.get(), client.get(), delay) {}

  bool over() const { return up.failed() || down.failed() || (up.finished() && down.finished()); }

  FileDescriptor client;
  FileDescriptor target;
  DelayedPipe up;
  DelayedPipe down;
};

/// Accepts and relays until the process is ended. One thread.
class Relay {
 public:
  Relay(std::uint16_t target_port, std::chrono::nanoseconds delay)
      : target_(loopback(target_port)), delay_(delay), listener_(open_socket()) {
    const sockaddr_in any = loopback(0);
    checked(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), "bind");
    checked(::listen(listener_.get(), 64), "listen");
  }

  std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    checked(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), "port");
    return ntohs(address.sin_port);
  }

  [[noreturn]] void run() {
    while (true) turn();
  }

 private:
  void turn() {
    std::vector<pollfd> watched = {{listener_.get(), POLLIN, 0}};
    for (const auto& link : links_) {
      watched.push_back(interest(link->client.get(), link->up, link->down));
      watched.push_back(interest(link->target.get(), link->down, link->up));
    }
    const timespec wait = until_next_due();
    if (::ppoll(watched.data(), watched.size(), &wait, nullptr) < 0 && errno != EINTR) {
      checked(-1, "ppoll");
    }
    const auto now = steady_clock::now();
    auto event = watched.begin() + 1;
    for (const auto& link : links_) {
      move(*link, event[0].revents, event[1].revents, now);
      event += 2;
    }
    links_.remove_if([](const auto& link) { return link->over(); });
    if ((watched.front().revents & POLLIN) != 0) accept_one();
  }

  static pollfd interest(int fd, const DelayedPipe& incoming, const DelayedPipe& outgoing) {
    short events = 0;
    if (incoming.wants_input()) events |= POLLIN;
    if (outgoing.wants_output(steady_clock::now())) events |= POLLOUT;
    // A negative number is skipped: without it, a hang-up nobody waits for would spin.
    return {events == 0 ? -1 : fd, events, 0};
  }

  static void move(Link& link, short client_events, short target_events,
                   steady_clock::time_point now) {
    constexpr short kInput = POLLIN | POLLHUP | POLLERR;
    if ((client_events & kInput) != 0 && link.up.wants_input()) link.up.take_in(now);
    if ((target_events & kInput) != 0 && link.down.wants_input()) link.down.take_in(now);
    link.up.let_out(now);
    link.down.let_out(now);
  }

  timespec until_next_due() const {
    const auto now = steady_clock::now();
    std::chrono::nanoseconds wait = std::chrono::hours(1);
    for (const auto& link : links_) {
      for (const DelayedPipe* pipe : {&link->up, &link->down}) {
        const auto due = pipe->next_due();
        if (due && !pipe->wants_output(now)) wait = std::min(wait, *due - now);
      }
    }
    wait = std::max(wait, std::chrono::nanoseconds(0));
    return {wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
  }

  void accept_one() {
    FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.get() < 0) return;
    const int on = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    FileDescriptor target = open_socket();
    // Loopback: connecting ends at once, either way. A refused client sees its connection close.
    const auto* address = reinterpret_cast<const sockaddr*>(&target_);
    if (::connect(target.get(), address, sizeof target_) < 0) return;
    links_.push_back(std::make_unique<Link>(std::move(client), std::move(target), delay_));
  }

  sockaddr_in target_;
  std::chrono::nanoseconds delay_;
  FileDescriptor listener_;
  std::list<std::unique_ptr<Link>> links_;
};

std::optional<long> number(const char* text, long max) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < 1 || value > max) return std::nullopt;
  return value;
}

}  // namespace
}  // namespace ccnproxy::wan

int main(int argc, char** argv) {
  using ccnproxy::wan::number;
  const auto delay = argc == 3 ? number(argv[1], 60'000) : std::nullopt;
  const auto port = argc == 3 ? number(argv[2], 65'535) : std::nullopt;
  if (!delay || !port) {
    std::fputs(
        "usage: delay_relay ONEWAY_MS TARGET_PORT\n"
        "Listens on a free port of 127.0.0.1, which it prints, for 127.0.0.1:TARGET_PORT.\n",
        stderr);
    return 2;
  }
  try {
    ccnproxy::wan::Relay relay(static_cast<std::uint16_t>(*port),
                               std::chrono::milliseconds(*delay));
    std::printf("%u\n", relay.port());
    std::fflush(stdout);
    relay.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "delay_relay: %s\n", error.what());
    return 1;
  }
}
