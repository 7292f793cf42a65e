#pragma once

#include <string>

#include <sys/types.h>

namespace ccnproxy::cli {

/// A running daemon by its process id. The id may be stale: a pid file may name a process that has
/// ended, and the number may belong to another program by now.
class SignalledProcess {
 public:
  explicit SignalledProcess(pid_t process) : process_(process) {}

  /// Sends the signal if this is a process of this program and this user may signal it. Returns why
  /// it was not sent, as text; empty if it was.
  std::string send(int signal) const;
  bool has_ended() const;

 private:
  std::string objection() const;
  pid_t process_;
};

/// The first line of a pid file as a number; 0 if the file does not have one.
pid_t read_pid_file(const std::string& path);

}  // namespace ccnproxy::cli
