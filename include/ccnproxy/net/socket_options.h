#pragma once

#include <chrono>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/net/ip_address.h"
#include "ccnproxy/net/path_counters.h"
#include "ccnproxy/net/path_state.h"

namespace ccnproxy {

/// An idle connection is asked for a sign of life after this silence. Shorter than the 60 s after
/// which the tightest common NATs and firewalls forget a flow, so that it is also what keeps the
/// flow alive (F007).
constexpr auto keep_alive_idle = std::chrono::seconds(15);
/// Or up to so much sooner, by the descriptor's number. Connections that were made within moments
/// would be asked within one tick of the kernel's timer: of thousands of probes at once a queue of
/// the system's (1,000 packets of loopback or a veth) drops most, each time, until they are given
/// up.
constexpr auto keep_alive_spread = std::chrono::seconds(5);
/// Then again after this long. Where TCP_USER_TIMEOUT is set too, Linux ends an idle connection at
/// the first interval that ends with the last sign of life older than that, whatever the number of
/// probes: with these numbers after 20 to 22 s, when two to four probes have gone unanswered. One
/// lost packet must not cost a warm connection.
constexpr auto keep_alive_interval = std::chrono::seconds(3);
/// And so many times.
constexpr int keep_alive_probes = 3;

/// How long sent bytes may stay unacknowledged before the connection is given up (RFC 5482). The
/// system's default is 15 retransmissions, about 15 minutes, in which requests would pile up on a
/// dead path. 20 s is six to seven retransmissions at 100 ms round trip: a path that lost so many
/// is gone, and a route that flaps has come back in less.
constexpr auto user_timeout = std::chrono::seconds(20);

/// A TCP socket for `peer`'s family: non-blocking, closed on exec, with the options above, with
/// NotSentLowat's least and without Nagle's delay (we write what belongs together in one go). No
/// descriptor, and errno, if the system gives none. An option that the kernel does not know is left
/// out: each is an improvement, none is needed.
UniqueFd open_origin_socket(const Endpoint& peer) noexcept;
/// False where the process, or the machine, has no descriptor left (EMFILE, ENFILE).
bool can_open_socket() noexcept;

/// The round-trip time as the kernel has measured it; zero where it does not know.
Duration round_trip_time(int fd) noexcept;
/// Bytes a second that have reached the peer lately; zero where the kernel does not know.
std::uint64_t delivery_rate(int fd) noexcept;
/// What the kernel has counted of the packets of a TCP socket.
PathCounters path_counters(int fd) noexcept;
/// TCP_NOTSENT_LOWAT (see NotSentLowat), of clients' sockets, too; a listening socket's goes to
/// those it accepts. Nothing happens on a unix socket: its queue is short.
void set_most_unsent(int fd, int bytes) noexcept;
/// What the kernel knows of the way to the peer of a TCP socket. Nothing outstanding where it does
/// not know.
PathState path_state(int fd) noexcept;

}  // namespace ccnproxy
