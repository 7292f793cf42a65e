#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/net/coroutine.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/ip_address.h"
#include "ccnproxy/origin/family_health.h"

namespace ccnproxy::origin {

/// A TCP connection that stands, with the options of socket_options.h.
struct Connected {
  UniqueFd fd;
  Endpoint peer;
};

/// Connects to whichever of an origin's addresses answers first (Happy Eyeballs, RFC 8305 §5): the
/// first at once, the next after `stagger` or as soon as one fails, until one connects; the others
/// are then closed. One dead address so costs a quarter of a second, not the system's two minutes.
///
/// Destroying it closes its sockets. Keeps no clock but the loop's, whose thread it belongs to.
class HappyEyeballs {
 public:
  struct Options {
    /// For the whole race (`timeouts.connect`).
    Duration deadline = std::chrono::seconds(5);
    /// RFC 8305 §5's recommended Connection Attempt Delay.
    Duration stagger = std::chrono::milliseconds(250);
    /// Judges the very address that is then given to connect(), so that nothing can change between
    /// check and use. Empty permits all.
    std::function<bool(const Endpoint&)> permitted;
    /// Where there is one, each socket beside the first needs a lease of it; without room the next
    /// address is tried when the one before has failed. Must outlive the race.
    ConnectionBudget* budget = nullptr;
    /// Told how IPv6 fared, if given; must outlive the race.
    FamilyHealth* health = nullptr;
  };

  /// `addresses` carry their ports and are tried in this order (see order_addresses). `caller` is
  /// the coroutine that runs the race.
  HappyEyeballs(EventLoop& loop, Coroutine& caller, std::vector<Endpoint> addresses,
                Options options);
  HappyEyeballs(const HappyEyeballs&) = delete;
  HappyEyeballs& operator=(const HappyEyeballs&) = delete;
  ~HappyEyeballs();

  /// Once.
  ///
  /// Errors (Side::origin, or Side::us where this machine lacks something; Phase::tcp;
  /// Proof::not_sent), with what happened at each address in `detail`: connection_limit_reached
  /// where this machine had no descriptor (is_lack_of_descriptors), destination_ip_prohibited if
  /// none is permitted, connection_timeout if any gave no answer, else connection_refused if any
  /// refused, else destination_ip_unroutable, else proxy_internal_error.
  boost::asio::awaitable<Result<Connected>> run();

 private:
  struct Attempt;
  enum class Outcome : std::uint8_t {
    not_tried,   ///< the race ended before its turn came
    prohibited,  ///< by Options::permitted
    connecting,
    refused,
    no_answer,
    unroutable,
    no_descriptor,  ///< this machine has no descriptor left, or no memory for a socket
    no_resources,   ///< this machine has no port left
  };
  struct Entry {
    Endpoint address;
    Outcome outcome = Outcome::not_tried;
    int reason = 0;  ///< errno where a system call said so
  };

  static Outcome outcome_of(const Endpoint& address, int reason) noexcept;
  static std::string describe(const Entry& entry);

  void start_next(ConnectionLease lease);
  void start_another();
  bool start(Entry& entry, ConnectionLease& lease);
  boost::asio::awaitable<void> connect(Attempt& attempt);
  std::unique_ptr<Attempt> take_ended();
  void give_up();
  void report_health(const Entry& winner);
  Error failure() const;
  ErrorType verdict() const;
  bool any(Outcome outcome) const;
  std::string summary() const;

  EventLoop& loop_;
  Coroutine& caller_;
  std::vector<Entry> entries_;
  Options options_;
  std::size_t next_ = 0;  ///< of entries_: the first that has not been started
  TimePoint next_at_{};   ///< when it is started though none has failed
  std::vector<std::unique_ptr<Attempt>> attempts_;  ///< those that are connecting
  bool late_ = false;                               ///< the deadline has passed
};

}  // namespace ccnproxy::origin
