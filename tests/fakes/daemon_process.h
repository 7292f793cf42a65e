#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fakes/child_process.h"
#include "fakes/daemon_config.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::fakes {

/// The daemon under test, started with a configuration of the test's and ready when the constructor
/// returns. Ended and reaped by the destructor (see ChildProcess).
///
///   DaemonProcess daemon(CCNPROXY_BINARY, config);
///   RawClient client(daemon.address());
///
/// The contract with the daemon: on standard error, before it is ready, one line that contains
/// "listening on ADDRESS" per listener (unix:/path for Unix sockets), in the order of the
/// configuration. The admin endpoint's line also contains the word "admin" before that.
class DaemonProcess {
 public:
  /// `change` may alter what the process is started with; arguments are `serve -f FILE` so far.
  DaemonProcess(const std::string& binary, const DaemonConfig& config,
                const std::function<void(ChildOptions&)>& change = {}, Deadline deadline = {});

  /// Of the listener of this number in the configuration, with its real port.
  const std::string& address(std::size_t index = 0) const { return addresses_.at(index); }
  const std::vector<std::string>& addresses() const { return addresses_; }
  /// Only with DaemonConfig::with_admin().
  const std::string& admin_address() const { return admin_; }

  ChildProcess& process() { return *process_; }
  void signal(int number) { process_->signal(number); }
  int wait_for_exit(Deadline deadline = {}) { return process_->wait_for_exit(deadline); }

  std::vector<std::string> access_records() const { return process_->out_lines(); }
  std::vector<std::string> wait_for_access_records(std::size_t count, Deadline deadline = {}) {
    return process_->wait_for_out_lines(count, deadline);
  }
  std::string log() const { return process_->err_text(); }
  std::string wait_for_log(const std::string& text, std::size_t skip = 0, Deadline deadline = {}) {
    return process_->wait_for_err_line(text, skip, deadline);
  }

  /// Writes the file anew and sends SIGHUP; what the daemon makes of it is in its log.
  void reload(const DaemonConfig& config) { reload(config.yaml()); }
  void reload(const std::string& yaml);
  const std::string& config_file() const { return config_file_; }

 private:
  void learn_addresses(const DaemonConfig& config, Deadline deadline);

  TempDir folder_;
  std::string config_file_;
  std::unique_ptr<ChildProcess> process_;
  std::vector<std::string> addresses_;
  std::string admin_;
};

}  // namespace ccnproxy::fakes
