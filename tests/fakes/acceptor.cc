#include "fakes/acceptor.h"

#include <array>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace ccnproxy::fakes {

Acceptor::Acceptor(const std::string& endpoint, ListenOptions options, Take take)
    : listener_(listen_on(endpoint, options)),
      endpoint_(local_endpoint(listener_.get())),
      take_(std::move(take)),
      thread_([this] { run(); }) {}

Acceptor::~Acceptor() {
  stop_.open();
  thread_.join();
}

void Acceptor::run() {
  while (!stop_.is_open()) {
    std::array<pollfd, 2> entries{pollfd{listener_.get(), POLLIN, 0},
                                  pollfd{stop_.fd(), POLLIN, 0}};
    ::poll(entries.data(), entries.size(), -1);
    if (entries[0].revents == 0) continue;
    Descriptor accepted(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!accepted) continue;
    const int on = 1;
    ::setsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    take_(std::move(accepted));
  }
}

}  // namespace ccnproxy::fakes
