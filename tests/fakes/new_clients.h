#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "fakes/deadline.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

/// Clients that come one after the other, each on a connection of its own with one GET, from a
/// thread of its own, until they are ended. Any thread, except construction and destruction.
///
///   NewClients clients(daemon.address(), "api.test.ccnproxy-https");
///   clients.wait_for(clients.served() + 5);
///   EXPECT_THAT(clients.end(), IsEmpty());
class NewClients {
 public:
  NewClients(std::string address, std::string host);
  ~NewClients() { end(); }
  NewClients(const NewClients&) = delete;
  NewClients& operator=(const NewClients&) = delete;

  /// How many have had an answer, whatever it was.
  std::size_t served() const;
  /// Waits until so many have; throws Failure with what went wrong so far at the deadline.
  void wait_for(std::size_t served, Deadline deadline = {}) const;
  /// The last one is served when this returns. What went wrong, a line for each client that had no
  /// whole answer with status 200.
  std::vector<std::string> end();

 private:
  struct Seen {
    std::size_t served = 0;
    std::vector<std::string> faults;
  };
  void run();
  /// What went wrong; empty if nothing.
  std::string serve_one() const;

  std::string address_;
  std::string host_;
  std::atomic<bool> ending_{false};
  Tally<Seen> seen_;
  std::thread thread_;
};

}  // namespace ccnproxy::fakes
