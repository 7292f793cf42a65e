#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/ip_address.h"

struct ares_channeldata;

namespace ccnproxy::dns {

enum class DnsRecord : std::uint8_t { a, aaaa };

/// How one question ended.
enum class DnsStatus : std::uint8_t {
  answered,        ///< with at least one address
  no_data,         ///< the name is there, but has no record of this type (RFC 2308 §2.2)
  no_such_name,    ///< NXDOMAIN
  bad_name,        ///< can't be asked: an empty or too long label, or nothing at all
  server_failed,   ///< SERVFAIL, or an answer that is none
  server_refused,  ///< REFUSED, NOTIMP: this server does not serve us
  no_server,       ///< none could be reached; where there are several, also: all failed or refused
  timed_out,       ///< no server answered any of the tries
  interrupted,     ///< the channel ended first
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::timed_out;
  std::vector<Endpoint> addresses;  ///< port 0
  Duration ttl{};                   ///< the least of all records that led to the addresses
};

/// Told of an answer, possibly from within DnsChannel::query() and always from within c-ares: it
/// may only take note, and neither ask nor end the channel.
class DnsReceiver {
 public:
  virtual void on_answer(DnsRecord type, DnsAnswer answer) = 0;

 protected:
  ~DnsReceiver() = default;
};

/// A c-ares channel on the event loop: asks DNS servers for the addresses of one name and type at a
/// time, absolute names only (no search list, no ndots, no HOSTALIASES: F053). Never
/// blocks: sockets are watched by the loop, and retransmissions hang on one of its timers.
/// Truncated answers are asked for again over TCP. Belongs to the loop's thread.
class DnsChannel {
 public:
  /// `servers` with ports; empty: those that `resolv_conf` names when the channel is made, at
  /// `system_port`. Throws std::runtime_error if c-ares can't be set up.
  DnsChannel(EventLoop& loop, const std::vector<Endpoint>& servers, const std::string& resolv_conf,
             std::uint16_t system_port);
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;
  /// What is still asked ends as `interrupted`, from within the destructor.
  ~DnsChannel();

  /// `receiver` must live until it is told; it is told exactly once.
  void query(const std::string& name, DnsRecord type, DnsReceiver& receiver);

 private:
  class Socket;

  static void on_socket_state(void* self, int fd, int readable, int writable);
  void watch(int fd, std::uint32_t events);
  void forget(int fd);
  void process(int readable_fd, int writable_fd);
  void on_timer();
  void open(const std::vector<Endpoint>& servers, const std::string& resolv_conf,
            std::uint16_t system_port, int flags);
  void set_servers(const std::vector<Endpoint>& servers);
  void set_timer();

  EventLoop& loop_;
  Timer timer_;
  std::unordered_map<int, std::unique_ptr<Socket>> sockets_;
  ares_channeldata* channel_ = nullptr;
};

}  // namespace ccnproxy::dns
