#include "ccnproxy/net/socket_options.h"

#include <algorithm>
#include <cerrno>

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "ccnproxy/net/not_sent_lowat.h"

namespace ccnproxy {
namespace {

/// What the kernel says of one whose slow start has not ended yet (TCP_INFINITE_SSTHRESH).
constexpr std::uint32_t no_threshold = 0x7fffffff;

void set_tcp(int fd, int option, int value) noexcept {
  ::setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

void keep_alive(int fd) noexcept {
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  const auto sooner = fd % (keep_alive_spread.count() + 1);
  set_tcp(fd, TCP_KEEPIDLE, static_cast<int>(keep_alive_idle.count() - sooner));
  set_tcp(fd, TCP_KEEPINTVL, static_cast<int>(keep_alive_interval.count()));
  set_tcp(fd, TCP_KEEPCNT, keep_alive_probes);
}

/// All zero where the kernel gives none.
tcp_info tcp_info_of(int fd) noexcept {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return {};
  return info;
}

}  // namespace

UniqueFd open_origin_socket(const Endpoint& peer) noexcept {
  const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  UniqueFd fd(::socket(peer.family(), type, IPPROTO_TCP));
  if (!fd) return fd;
  set_tcp(fd.get(), TCP_NODELAY, 1);
  set_most_unsent(fd.get(), NotSentLowat::least);
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(user_timeout);
  set_tcp(fd.get(), TCP_USER_TIMEOUT, static_cast<int>(limit.count()));
  keep_alive(fd.get());
  return fd;
}

bool can_open_socket() noexcept {
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return fd || (errno != EMFILE && errno != ENFILE);
}

Duration round_trip_time(int fd) noexcept {
  return std::chrono::microseconds(tcp_info_of(fd).tcpi_rtt);
}

PathCounters path_counters(int fd) noexcept {
  const auto info = tcp_info_of(fd);
  const auto known = std::min(info.tcpi_dsack_dups, info.tcpi_total_retrans);
  return {info.tcpi_data_segs_out,
          info.tcpi_total_retrans - known,
          info.tcpi_data_segs_in,
          info.tcpi_rcv_ooopack,
          std::chrono::microseconds(info.tcpi_rtt),
          std::chrono::microseconds(info.tcpi_rttvar),
          std::uint64_t{info.tcpi_snd_cwnd} * info.tcpi_snd_mss,
          info.tcpi_snd_ssthresh < no_threshold
              ? std::uint64_t{info.tcpi_snd_ssthresh} * info.tcpi_snd_mss
              : UINT64_MAX,
          info.tcpi_delivery_rate};
}

std::uint64_t delivery_rate(int fd) noexcept { return tcp_info_of(fd).tcpi_delivery_rate; }

void set_most_unsent(int fd, int bytes) noexcept { set_tcp(fd, TCP_NOTSENT_LOWAT, bytes); }

PathState path_state(int fd) noexcept {
  const auto info = tcp_info_of(fd);
  int outstanding = 0;
  if (::ioctl(fd, SIOCOUTQ, &outstanding) < 0) outstanding = 0;
  return {info.tcpi_bytes_acked, static_cast<std::uint64_t>(outstanding),
          std::chrono::milliseconds(info.tcpi_last_ack_recv)};
}

}  // namespace ccnproxy
