#include "ccnproxy/origin/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace ccnproxy::origin {
namespace {

void set_tcp(int fd, int option, int value) noexcept {
  ::setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

void keep_alive(int fd) noexcept {
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  set_tcp(fd, TCP_KEEPIDLE, static_cast<int>(keep_alive_idle.count()));
  set_tcp(fd, TCP_KEEPINTVL, static_cast<int>(keep_alive_interval.count()));
  set_tcp(fd, TCP_KEEPCNT, keep_alive_probes);
}

}  // namespace

UniqueFd open_origin_socket(const Endpoint& peer) noexcept {
  const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  UniqueFd fd(::socket(peer.family(), type, IPPROTO_TCP));
  if (!fd) return fd;
  set_tcp(fd.get(), TCP_NODELAY, 1);
  set_tcp(fd.get(), TCP_NOTSENT_LOWAT, not_sent_low_water);
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(user_timeout);
  set_tcp(fd.get(), TCP_USER_TIMEOUT, static_cast<int>(limit.count()));
  keep_alive(fd.get());
  return fd;
}

}  // namespace ccnproxy::origin
