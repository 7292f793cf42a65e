#pragma once

#include <string>

#include "fakes/daemon_process.h"

namespace ccnproxy::soak {

/// What the daemon under test still holds, as it says itself and as the kernel does.
class DaemonWatch {
 public:
  explicit DaemonWatch(fakes::DaemonProcess& daemon);

  /// What is left of requests: clients, streams in flight, requests that wait, bytes held.
  /// Empty: nothing.
  std::string left_of_requests() const;
  /// What is left of connections: any in /pools, or more descriptors than at the start. Empty:
  /// nothing.
  std::string left_of_connections() const;

 private:
  std::string ask(const std::string& target) const;

  fakes::DaemonProcess& daemon_;
  std::size_t descriptors_;  ///< at the start
};

}  // namespace ccnproxy::soak
