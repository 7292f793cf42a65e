#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fakes/acceptor.h"
#include "fakes/dns_message.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

/// What a StubResolver answers for one name.
struct DnsAnswer {
  std::vector<std::string>
      addresses{};  ///< IPv4 and IPv6, in this order; a query gets its family's
  std::chrono::seconds ttl{60};
  std::string alias{};  ///< a CNAME to this name, which owns the addresses
  dns::ReplyCode code = dns::Ok;
  bool silent = false;     ///< no reply at all
  bool truncated = false;  ///< over UDP only the TC bit: the client must ask again over TCP
  Patience delay{0};       ///< before the reply

  static DnsAnswer no_such_name() { return {.code = dns::NoSuchName}; }
  static DnsAnswer server_failure() { return {.code = dns::ServerFailure}; }
  static DnsAnswer no_reply() { return {.silent = true}; }
};

/// A DNS server on loopback, over UDP and TCP on the same port:
///
///   StubResolver dns;
///   dns.set("api.test", {.addresses = {"127.0.0.1"}, .ttl = std::chrono::seconds(1)});
///   config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
///
/// Names compare without case. A name that was not set does not exist (NXDOMAIN). A name without
/// addresses of the family that was asked for gets an empty answer. All members: any thread.
class StubResolver {
 public:
  explicit StubResolver(const std::string& host = "127.0.0.1");
  ~StubResolver();
  StubResolver(const StubResolver&) = delete;
  StubResolver& operator=(const StubResolver&) = delete;

  const std::string& endpoint() const { return endpoint_; }
  std::uint16_t port() const { return port_of(endpoint_); }

  /// From now on, in place of what was set before.
  void set(const std::string& name, DnsAnswer answer) { set_sequence(name, {std::move(answer)}); }
  /// One answer for each query of a type in turn; the last one stays. A and AAAA count separately,
  /// so that one resolution of both sees the same step.
  void set_sequence(const std::string& name, std::vector<DnsAnswer> answers);

  /// Queries that came so far, of any type, or of one; over TCP alone.
  std::size_t queries(const std::string& name) const;
  std::size_t queries(const std::string& name, dns::Type type) const;
  std::size_t tcp_queries() const;
  void wait_for_queries(const std::string& name, std::size_t count, Deadline deadline = {}) const;

 private:
  struct Name {
    std::vector<DnsAnswer> answers;
    std::map<std::uint16_t, std::size_t> step;     ///< by type, since set
    std::map<std::uint16_t, std::size_t> queries;  ///< by type, ever
  };
  struct State {
    std::map<std::string, Name> names;
    std::size_t tcp_queries = 0;
  };
  /// A UDP reply that is due later.
  struct Later {
    Deadline::Clock::time_point due;
    std::string reply;
    std::string to;  ///< the sender's address, raw
  };
  struct Connection {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> done = std::make_shared<std::atomic<bool>>(false);
  };

  void listen(const std::string& host);
  void take(Descriptor accepted);
  void run();
  void receive();
  void send_due();
  void converse(Descriptor socket);
  DnsAnswer answer_to(const dns::Question& question, bool over_tcp);
  static std::string reply_to(const dns::Question& question, const DnsAnswer& answer,
                              bool over_tcp);
  static std::size_t sum(const State& state, const std::string& name);

  Tally<State> state_;
  std::shared_ptr<Latch> stop_ = std::make_shared<Latch>();
  Descriptor socket_;
  std::string endpoint_;
  std::deque<Later> later_;            ///< of the UDP thread only
  std::list<Connection> connections_;  ///< of the acceptor's thread, then of the destructor
  std::unique_ptr<Acceptor> acceptor_;
  std::thread thread_;
};

}  // namespace ccnproxy::fakes
