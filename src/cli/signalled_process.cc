#include "ccnproxy/cli/signalled_process.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>

namespace ccnproxy::cli {
namespace {

/// As the kernel has it from the file that was executed; empty if that can't be seen.
std::string program_of(const std::string& process) {
  std::ifstream file("/proc/" + process + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

std::string SignalledProcess::objection() const {
  const auto number = std::to_string(process_);
  if (::kill(process_, 0) < 0) {
    if (errno == ESRCH) return "there is no process " + number;
    if (errno == EPERM)
      return "process " + number + " is another user's: run this as that user or as root";
    return "process " + number + ": " + std::strerror(errno);
  }
  const auto program = program_of(number);
  if (program.empty() || program.starts_with("ccnproxy") || program == program_of("self"))
    return "";
  std::string why = "process " + number;
  return why.append(" is `").append(program).append(
      "`, not ccnproxy; if the daemon is in a container, run this in there");
}

std::string SignalledProcess::send(int signal) const {
  if (auto why = objection(); !why.empty()) return why;
  if (::kill(process_, signal) == 0) return "";
  return "process " + std::to_string(process_) + ": " + std::strerror(errno);
}

bool SignalledProcess::has_ended() const { return ::kill(process_, 0) < 0 && errno == ESRCH; }

pid_t read_pid_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  pid_t process = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), process);
  return error == std::errc() && end == line.data() + line.size() && process > 0 ? process : 0;
}

}  // namespace ccnproxy::cli
