#pragma once

#include <chrono>
#include <optional>

#include "file_descriptor.h"
#include "flow_table.h"
#include "link_direction.h"
#include "options.h"

namespace ccnproxy::wan {

/// The link: two TUN devices, what is under way between them, and the signals that steer it.
/// SIGUSR1 writes the counters of both directions to stdout, SIGUSR2 blackholes every flow seen so
/// far, SIGTERM and SIGINT write the counters and end. One thread.
class Emulator {
 public:
  /// Makes the devices; blocks the signals above. Throws std::system_error.
  explicit Emulator(const Options& options);

  /// Carries packets until told to end.
  void run();

 private:
  void watch(int fd);
  void arm_timer();
  void clear_timer();
  void handle(int fd);
  void handle_signals();
  void report() const;

  FileDescriptor tun_a_;
  FileDescriptor tun_b_;
  FileDescriptor signals_;
  FileDescriptor timer_;
  FileDescriptor epoll_;
  FlowTable flows_;
  LinkDirection a_to_b_;
  LinkDirection b_to_a_;
  std::optional<std::chrono::steady_clock::time_point> armed_for_;
  bool running_ = true;
};

}  // namespace ccnproxy::wan
