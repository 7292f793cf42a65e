#pragma once

#include <string>

#include <sys/types.h>

namespace ccnproxy::daemon {

/// A daemon of ours by its process id, which may be out of date: a file may name a process that
/// has ended, and the number may be another program's by now.
class SignalledProcess {
 public:
  explicit SignalledProcess(pid_t process) : process_(process) {}

  /// Sends the signal if this is a process of this program that takes one from this user. Returns
  /// why it was not sent, for a person; empty if it was.
  std::string send(int signal) const;
  bool has_ended() const;

 private:
  std::string objection() const;
  pid_t process_;
};

/// The first line of a pid file as a number; 0 if the file does not have one.
pid_t read_pid_file(const std::string& path);

}  // namespace ccnproxy::daemon
