#include "pid_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <unistd.h>

#include "ccnproxy/base/new_file.h"
#include "ccnproxy/base/startup_error.h"

namespace ccnproxy::daemon {
namespace {

std::string own_line() { return std::to_string(::getpid()) + '\n'; }

[[noreturn]] void fail(const std::string& path) {
  throw StartupError("`pid_file` " + path + " can't be written: " + std::strerror(errno));
}

}  // namespace

PidFile::PidFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  const auto made = path_ + ".new";
  const auto fd = create_new_file(made, 0644);
  if (!fd) fail(made);
  const auto line = own_line();
  if (::write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail(made);
  if (::rename(made.c_str(), path_.c_str()) < 0) fail(path_);
}

PidFile::~PidFile() {
  if (path_.empty()) return;
  std::ifstream file(path_);
  std::string line;
  if (std::getline(file, line) && line + '\n' == own_line()) ::unlink(path_.c_str());
}

}  // namespace ccnproxy::daemon
