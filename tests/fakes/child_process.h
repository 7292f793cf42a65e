#pragma once

#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "fakes/deadline.h"
#include "fakes/descriptor.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

struct ChildOptions {
  std::string program{};  ///< a path
  std::vector<std::string> arguments{};
  /// Besides this process's own environment, which the child inherits whole (sanitizer options).
  std::map<std::string, std::string> environment{};
  /// Sockets handed over as descriptors 3, 4, … with LISTEN_FDS and LISTEN_PID set, as systemd
  /// does.
  std::vector<int> listen_fds{};
  /// The soft limit of open files; 0 leaves it.
  unsigned open_files = 0;
};

/// A child process whose standard output and error are collected, line by line. Signal dispositions
/// and mask are the default. Any thread, except construction and destruction.
class ChildProcess {
 public:
  explicit ChildProcess(const ChildOptions& options);
  /// SIGTERM, then SIGKILL after `grace`; a child that had to be killed fails the test, with all it
  /// wrote. A child that has ended is only reaped.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool running() const;
  /// Does nothing once the child has ended.
  void signal(int number);
  /// Waits for the end. The exit code, or 128 + the signal that ended it, as shells count.
  int wait_for_exit(Deadline deadline = {});
  /// How long the destructor lets it finish.
  void set_grace(Patience grace) { grace_ = grace; }

  std::vector<std::string> out_lines() const;
  std::vector<std::string> err_lines() const;
  /// All of standard error, with newlines.
  std::string err_text() const;
  /// Waits for at least so many whole lines on standard output, and returns all.
  std::vector<std::string> wait_for_out_lines(std::size_t count, Deadline deadline = {});
  /// Waits until a line on standard error contains `text`, and returns it. `skip` matches before it
  /// are passed over. Fails at once when the child ends without.
  std::string wait_for_err_line(const std::string& text, std::size_t skip = 0,
                                Deadline deadline = {});
  /// While paused nothing is taken from standard output: the pipe fills (F105).
  void pause_out(bool paused);

  /// From /proc; 0 once it has ended.
  std::size_t rss_kib() const { return status_kib("VmRSS:"); }
  std::size_t peak_rss_kib() const { return status_kib("VmHWM:"); }
  std::size_t open_descriptors() const;
  std::size_t threads() const { return status_kib("Threads:"); }

 private:
  struct Seen {
    std::vector<std::string> out, err;
    std::string out_rest, err_rest;  ///< the line that is not complete yet
    bool out_ended = false, err_ended = false;
    bool out_paused = false;
    bool reaped = false;
    bool exited = false;  ///< reaped, and what it wrote is here
    int exit_code = 0;
  };
  static std::string describe(const std::string& awaited, const Seen& seen);
  void start(const ChildOptions& options, int out, int err);
  void collect();
  bool collect_from(int fd, bool is_out);
  void reap();
  void wake();
  std::size_t status_kib(const std::string& key) const;

  pid_t pid_ = -1;
  Patience grace_{10'000};
  Descriptor out_, err_, wake_;
  Tally<Seen> seen_;
  std::thread collector_, reaper_;
};

}  // namespace ccnproxy::fakes
