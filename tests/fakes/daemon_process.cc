#include "fakes/daemon_process.h"

#include <csignal>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

constexpr std::string_view announcement = "listening on ";

std::string address_in(const std::string& line) {
  const std::size_t from = line.find(announcement) + announcement.size();
  const std::size_t end = line.find_first_of(" \t,;\"'\r", from);
  return line.substr(from, end == std::string::npos ? end : end - from);
}

bool is_admin(const std::string& line) {
  return line.substr(0, line.find(announcement)).find("admin") != std::string::npos;
}

}  // namespace

DaemonProcess::DaemonProcess(const std::string& binary, const DaemonConfig& config,
                             const std::function<void(ChildOptions&)>& change, Deadline deadline)
    : config_file_(folder_.write("ccnproxy.yaml", config.yaml())) {
  ChildOptions options;
  options.program = binary;
  options.arguments = {"serve", "-f", config_file_};
  if (change) change(options);
  process_ = std::make_unique<ChildProcess>(options);
  learn_addresses(config, deadline);
}

void DaemonProcess::learn_addresses(const DaemonConfig& config, Deadline deadline) {
  const std::size_t expected = config.listeners() + (config.has_admin() ? 1 : 0);
  for (std::size_t i = 0; i < expected; ++i) {
    const std::string line = process_->wait_for_err_line(std::string(announcement), i, deadline);
    if (is_admin(line))
      admin_ = address_in(line);
    else
      addresses_.push_back(address_in(line));
  }
  if (addresses_.size() != config.listeners() || config.has_admin() == admin_.empty())
    throw Failure("the daemon named other listeners than were configured:\n" + log());
}

void DaemonProcess::reload(const std::string& yaml) {
  folder_.write("ccnproxy.yaml", yaml);
  signal(SIGHUP);
}

}  // namespace ccnproxy::fakes
